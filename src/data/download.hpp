// Fetching Fashion-MNIST from its authors.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace weft {

// A file's name, the bytes so far and in all (0: not known). What it throws ends the download.
using DownloadProgress =
    std::function<void(const std::string& file, std::uint64_t done, std::uint64_t all)>;

// The bytes at `url` (http, https or file). Throws Error(failed) with the URL and the reason when
// they cannot be had: no connection within 10 s, less than 1 KB/s for 20 s, more than `most` bytes.
std::vector<std::uint8_t> download(const std::string& url, std::size_t most,
                                   const std::string& file, const DownloadProgress& progress);

// Puts those of the four gzipped files that are not in `folder` there, from $WEFT_FASHION_MNIST_URL
// or else from the authors' server. Nothing is written before its contents have the right SHA-256:
// Error(bad_input) with both digests when they have not, Error(failed) as download() when they do
// not come.
void download_fashion_mnist(const std::filesystem::path& folder, const DownloadProgress& progress);

}  // namespace weft
