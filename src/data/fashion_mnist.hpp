// Where the four canonical files are, and whether they are Fashion-MNIST's (Xiao, Rasul, Vollgraf,
// 2017).
#pragma once

#include <array>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace weft {

inline constexpr const char* kFashionMnist = "fashion-mnist";

// In the order of the labels.
inline constexpr std::array<const char*, 10> kFashionMnistClasses = {
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
    "Sandal",      "Shirt",   "Sneaker",  "Bag",   "Ankle boot"};

// A file's name without ".gz", which MNIST and its relatives share, and the SHA-256 of
// Fashion-MNIST's contents, unpacked, as corrected on 2017-08-31.
struct CanonicalFile {
  const char* name;
  const char* sha256;
};
inline constexpr CanonicalFile kTrainImages = {
    "train-images-idx3-ubyte", "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"};
inline constexpr CanonicalFile kTrainLabels = {
    "train-labels-idx1-ubyte", "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"};
inline constexpr CanonicalFile kTestImages = {
    "t10k-images-idx3-ubyte", "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"};
inline constexpr CanonicalFile kTestLabels = {
    "t10k-labels-idx1-ubyte", "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"};
inline constexpr std::array kCanonicalFiles = {kTrainImages, kTrainLabels, kTestImages,
                                               kTestLabels};

// `folder`/name, else `folder`/name.gz, whichever is there.
std::optional<std::filesystem::path> find_file(const std::filesystem::path& folder,
                                               const CanonicalFile& file);

// weft's own: cache_folder()/fashion-mnist; empty when there is none.
std::filesystem::path fashion_mnist_cache();

// Where Fashion-MNIST may lie on this machine, in the order of looking: $WEFT_DATA and its
// fashion-mnist, Debian's folder, Keras', torchvision's (FashionMNIST/raw under ., data, ~/data and
// ~/.cache/torch, the roots that its examples use), fashion_mnist_cache().
std::vector<std::filesystem::path> fashion_mnist_folders();

// The first of `folders` that holds all of `files`, each gzipped or not. When there is none, the
// answer of `download`. Throws its Error with the list of folders and the Debian package added; an
// empty `download` counts as one that is not allowed.
std::filesystem::path find_fashion_mnist(const std::vector<std::filesystem::path>& folders,
                                         const std::vector<CanonicalFile>& files,
                                         const std::function<std::filesystem::path()>& download);

}  // namespace weft
