#include "data/download.hpp"

#include <curl/curl.h>

#include <array>
#include <cstdlib>
#include <exception>
#include <memory>
#include <system_error>

#include "base/atomic_file.hpp"
#include "base/digest.hpp"
#include "base/error.hpp"
#include "data/fashion_mnist.hpp"
#include "data/gzip.hpp"

namespace weft {
namespace {

namespace fs = std::filesystem;

constexpr const char* kServer = "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com";
constexpr std::size_t kMostBytes = std::size_t{64} << 20;  // the largest file unpacks to 45 MiB

struct CloseHandle {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};

// What libcurl's callbacks work on. They are called from C, through which nothing may be thrown.
struct Transfer {
  const std::string& file;
  const DownloadProgress& progress;
  const std::size_t most;
  std::vector<std::uint8_t> bytes{};
  bool too_long = false;
  std::exception_ptr thrown{};
};

std::size_t receive(const char* bytes, std::size_t size, std::size_t count, void* user) {
  Transfer& transfer = *static_cast<Transfer*>(user);
  const std::size_t length = size * count;
  transfer.too_long = length > transfer.most - transfer.bytes.size();
  if (transfer.too_long) return 0;
  try {
    transfer.bytes.insert(transfer.bytes.end(), bytes, bytes + length);
  } catch (...) {
    transfer.thrown = std::current_exception();
    return 0;
  }
  return length;
}

int report(void* user, curl_off_t all, curl_off_t done, curl_off_t /*to_send*/,
           curl_off_t /*sent*/) {
  Transfer& transfer = *static_cast<Transfer*>(user);
  try {
    transfer.progress(transfer.file, static_cast<std::uint64_t>(done),
                      static_cast<std::uint64_t>(all));
  } catch (...) {
    transfer.thrown = std::current_exception();
    return 1;
  }
  return 0;
}

std::string server() {
  const char* given = std::getenv("WEFT_FASHION_MNIST_URL");
  std::string url = given == nullptr || *given == '\0' ? kServer : given;
  while (url.ends_with('/')) url.pop_back();
  return url;
}

void check_contents(const std::vector<std::uint8_t>& packed, const std::string& url,
                    const CanonicalFile& expected) {
  if (!is_gzip(packed)) {
    fail(ErrorCode::bad_input,
         "download: {}: {} bytes that are not gzip: does a proxy or a login page answer for the "
         "server?",
         url, packed.size());
  }
  const FileBytes contents = gunzip(packed, kMostBytes, url);
  const std::string found = sha256(contents.span().data(), contents.size());
  if (found != expected.sha256) {
    fail(ErrorCode::bad_input,
         "download: {}: the contents' SHA-256 is {}, expected {}: not what the authors published",
         url, found, expected.sha256);
  }
}

}  // namespace

std::vector<std::uint8_t> download(const std::string& url, std::size_t most,
                                   const std::string& file, const DownloadProgress& progress) {
  const std::unique_ptr<CURL, CloseHandle> handle(curl_easy_init());
  if (!handle) fail(ErrorCode::failed, "download: libcurl does not start");
  Transfer transfer{file, progress, most};
  std::array<char, CURL_ERROR_SIZE> reason{};
  const auto set = [&](CURLoption option, auto value) {
    const CURLcode code = curl_easy_setopt(handle.get(), option, value);
    if (code != CURLE_OK) {
      fail(ErrorCode::failed, "download: {}: {}", url, curl_easy_strerror(code));
    }
  };
  set(CURLOPT_ERRORBUFFER, reason.data());
  set(CURLOPT_URL, url.c_str());
  set(CURLOPT_PROTOCOLS_STR, "http,https,file");
  set(CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
  set(CURLOPT_FOLLOWLOCATION, 1L);
  set(CURLOPT_MAXREDIRS, 5L);
  set(CURLOPT_FAILONERROR, 1L);
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_CONNECTTIMEOUT, 10L);
  set(CURLOPT_LOW_SPEED_LIMIT, 1000L);
  set(CURLOPT_LOW_SPEED_TIME, 20L);
  set(CURLOPT_WRITEFUNCTION, &receive);
  set(CURLOPT_WRITEDATA, static_cast<void*>(&transfer));
  if (progress) {
    set(CURLOPT_NOPROGRESS, 0L);
    set(CURLOPT_XFERINFOFUNCTION, &report);
    set(CURLOPT_XFERINFODATA, static_cast<void*>(&transfer));
  }
  const CURLcode code = curl_easy_perform(handle.get());
  if (transfer.thrown) std::rethrow_exception(transfer.thrown);
  if (transfer.too_long) {
    fail(ErrorCode::failed, "download: {}: more than the {} bytes it may have", url, most);
  }
  if (code != CURLE_OK) {
    fail(ErrorCode::failed, "download: {}: {}", url,
         reason.front() == '\0' ? curl_easy_strerror(code) : reason.data());
  }
  return std::move(transfer.bytes);
}

void download_fashion_mnist(const fs::path& folder, const DownloadProgress& progress) {
  if (folder.empty()) {
    fail(ErrorCode::failed,
         "download: no folder to keep the files in: set WEFT_CACHE, XDG_CACHE_HOME or HOME");
  }
  const std::string from = server();
  for (const CanonicalFile& file : kCanonicalFiles) {
    if (find_file(folder, file)) continue;
    const std::string name = std::string(file.name) + ".gz";
    const std::string url = from + "/" + name;
    const auto packed = download(url, kMostBytes, name, progress);
    check_contents(packed, url, file);
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) {
      fail(ErrorCode::failed, "download: cannot make {}: {}", folder.string(), error.message());
    }
    AtomicFile kept(folder / name);
    kept.write(packed.data(), packed.size());
    kept.commit();
  }
}

}  // namespace weft
