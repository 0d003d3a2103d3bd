// Photos through load_dataset: decoding, the cache, and what is warned of.
#include "data/photos.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <atomic>

#include "data/test_photos.hpp"
#include "image/photo_steps.hpp"

namespace weft {
namespace {

namespace fs = std::filesystem;
using test::expect_error;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Photos : public ::testing::Test {
 protected:
  Dataset load(LoadOptions options = {}) const {
    options.on_photo = [this](std::size_t, std::size_t) { ++decoded_; };
    return load_dataset(folder_.root().string(), options);
  }
  void write_parts() const {
    std::uint32_t seed = 0;
    for (const std::string part : {"train", "val", "test"}) {
      for (const std::string name : {"a/1.png", "a/2.png", "b/1.png", "b/2.png", "b/3.png"}) {
        folder_.add(part + "/" + name, ++seed);
      }
    }
  }
  std::vector<fs::path> cached() const {
    std::vector<fs::path> files;
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(folder_.cache() / "pictures", none)) {
      files.push_back(entry.path());
    }
    return files;
  }

  test::PhotoFolder folder_;
  mutable std::atomic<int> decoded_{0};
};

TEST_F(Photos, AreFittedAndLabelledByTheirFolders) {
  write_parts();
  const Dataset data = load({.image_size = 16});
  EXPECT_EQ(data.format, "photos");
  EXPECT_EQ(data.name, "photos");
  EXPECT_FALSE(data.whole);
  EXPECT_THAT(data.class_names, ElementsAre("a", "b"));
  EXPECT_THAT(data.warnings, IsEmpty());
  EXPECT_EQ(data.train.images.shape(), (Shape{5, 3, 16, 16}));
  EXPECT_THAT(data.val.labels, ElementsAre(0, 0, 1, 1, 1));
  EXPECT_THAT(data.test.files, ElementsAre("test/a/1.png", "test/a/2.png", "test/b/1.png",
                                           "test/b/2.png", "test/b/3.png"));
  for (std::uint32_t i = 0; i < 5; ++i) {
    test::Bytes expected(3 * 16 * 16);
    convert(test::photo(i + 6), plain_steps(), {3, 16, 16}, expected);
    EXPECT_THAT(data.val.images.as<std::uint8_t>().subspan(i * expected.size(), expected.size()),
                ElementsAreArray(expected));
  }
  const LabelledImages picked = gather(data.val, std::vector<std::uint32_t>{4, 0});
  EXPECT_THAT(picked.files, ElementsAre("val/b/3.png", "val/a/1.png"));
  LabelledImages again = gather(data.val, std::vector<std::uint32_t>{0, 1, 2, 3, 4});
  EXPECT_EQ(digest(again), digest(data.val)) << "as it is computed and as it was kept";
}

TEST_F(Photos, AreKeptForTheNextTime) {
  write_parts();
  const Dataset first = load();
  EXPECT_GT(decoded_, 0);
  EXPECT_EQ(first.train.images.shape(), (Shape{5, 3, 64, 64}));
  decoded_ = 0;
  const Dataset second = load();
  EXPECT_EQ(decoded_, 0);
  EXPECT_EQ(digest(second.train), digest(first.train));
  EXPECT_THAT(second.train.images.as<std::uint8_t>(),
              ElementsAreArray(first.train.images.as<std::uint8_t>()));
  ASSERT_EQ(cached().size(), 1U);

  load({.image_size = 16});  // 17 kB
  EXPECT_GT(decoded_, 0) << "another size";
  decoded_ = 0;
  load({.like = Shape{3, 64, 64}});
  EXPECT_EQ(decoded_, 0) << "a model of colour photos takes what is there";
  fs::rename(folder_.root() / "test/a/1.png", folder_.root() / "test/a/0.png");
  load();
  EXPECT_GT(decoded_, 0) << "another name";
  decoded_ = 0;
  folder_.add("test/a/0.png", 99);
  load();
  EXPECT_GT(decoded_, 0) << "another photo";
}

TEST_F(Photos, AChangedFileIsSeenHoweverFastAndDisguised) {
  folder_.add("a/1.png", 1);
  folder_.add("b/1.png", 2);
  const std::string before = digest(load({.image_size = 8}).train);
  const fs::path file = folder_.root() / "a/1.png";
  for (std::uint32_t seed = 10; seed < 14; ++seed) {
    const auto size = fs::file_size(file);
    const auto time = fs::last_write_time(file);
    folder_.add("a/1.png", seed);
    fs::resize_file(file, std::max(size, fs::file_size(file)));
    fs::last_write_time(file, time);
    EXPECT_NE(digest(load({.image_size = 8}).train), before);
  }
}

TEST_F(Photos, AStoreIntoAMappedTensorReachesNoFile) {
  write_parts();
  load();
  Dataset data = load();
  const std::string before = digest(data.train);
  std::ranges::fill(data.train.images.as<std::uint8_t>(), std::uint8_t{7});
  EXPECT_EQ(data.train.images.as<std::uint8_t>()[0], 7);
  decoded_ = 0;
  EXPECT_EQ(digest(load().train), before);
  EXPECT_EQ(decoded_, 0);
}

TEST_F(Photos, GreyOnesHaveOneChannel) {
  folder_.add("a/1.png", 1, 1);
  folder_.add("a/2.png", 2, 1);
  folder_.add("b/1.png", 3, 1);
  const Dataset grey = load({.image_size = 16});
  EXPECT_EQ(grey.train.images.shape(), (Shape{3, 1, 16, 16}));
  EXPECT_THAT(grey.train.images.as<std::uint8_t>().subspan(256, 256),
              ElementsAreArray(test::photo(2, 16, 16, 1).pixels));
  decoded_ = 0;
  EXPECT_EQ(digest(load({.image_size = 16}).train), digest(grey.train));
  EXPECT_EQ(digest(load({.like = Shape{1, 16, 16}}).train), digest(grey.train));
  EXPECT_EQ(decoded_, 0);
  EXPECT_EQ(load({.like = Shape{3, 16, 16}}).train.images.shape(), (Shape{3, 3, 16, 16}));
  EXPECT_EQ(load({.image_size = 16}).train.images.shape(), (Shape{3, 1, 16, 16}));
  folder_.add("b/2.png", 4, 3);
  EXPECT_EQ(load({.image_size = 16}).train.images.shape(), (Shape{4, 3, 16, 16}));
  const Dataset model = load({.like = Shape{1, 8, 12}});
  EXPECT_EQ(model.train.images.shape(), (Shape{4, 1, 8, 12}));
}

TEST_F(Photos, TheSameForAnyNumberOfThreads) {
  for (std::uint32_t i = 0; i < 40; ++i) {
    folder_.add((i % 2 == 0 ? "a/" : "b/") + std::to_string(i) + ".png", i);
  }
  folder_.note("a/broken.png", "nothing");
  const test::Environment off("WEFT_CACHE_SIZE", "0");
  std::string expected;
  for (const char* threads : {"1", "2", "7"}) {
    const test::Environment environment("OMP_NUM_THREADS", threads);
    const std::string found = digest(load().train);
    if (expected.empty()) expected = found;
    EXPECT_EQ(found, expected) << threads;
  }
  EXPECT_THAT(cached(), IsEmpty()) << "nothing may be kept";
}

TEST_F(Photos, UnreadableOnesAreCountedAndNamed) {
  write_parts();
  for (int i = 0; i < 5; ++i) folder_.note("train/b/broken" + std::to_string(i) + ".jpg", "no");
  fs::create_symlink("nowhere", folder_.root() / "val/a/0.jpg");
  for (int pass = 0; pass < 2; ++pass) {
    const Dataset data = load();
    EXPECT_EQ(data.train.size(), 5U);
    EXPECT_THAT(data.train.labels, ElementsAre(0, 0, 1, 1, 1));
    EXPECT_THAT(data.train.files, ElementsAre("train/a/1.png", "train/a/2.png", "train/b/1.png",
                                              "train/b/2.png", "train/b/3.png"));
    EXPECT_EQ(data.val.size(), 5U);
    EXPECT_EQ(data.val.files[0], "val/a/1.png");
    ASSERT_EQ(data.warnings.size(), 1U);
    EXPECT_THAT(data.warnings[0],
                AllOf(HasSubstr("6 of 21 photos cannot be read"), HasSubstr("train/b/broken0.jpg"),
                      HasSubstr("broken2.jpg"), HasSubstr("and 3 more")));
    expect_error(ErrorCode::bad_input, {"6 of 21 photos cannot be read", "--strict"},
                 [&] { load({.strict = true}); });
  }
}

TEST_F(Photos, WhereNoneCanBeReadThatIsAnError) {
  folder_.note("a/1.jpg", "no");
  folder_.note("b/1.jpg", "no");
  expect_error(ErrorCode::bad_input, {"2 of 2 photos cannot be read"}, [&] { load(); });
  EXPECT_THAT(cached(), IsEmpty());
}

TEST_F(Photos, AClassWithOnePhotoIsWarnedOf) {
  folder_.add("train/a/1.png", 1);
  folder_.add("train/a/2.png", 2);
  folder_.add("train/b/1.png", 3);
  EXPECT_THAT(load().warnings,
              ElementsAre(HasSubstr("1 class has one photo to learn from: \"b\"")));
}

TEST_F(Photos, PhotosInTwoPartsAreWarnedOf) {
  write_parts();
  folder_.add("test/a/1.png", 1);                                             // train/a/1.png
  test::write_photo(folder_.root() / "val/b/9.png", test::photo(3, 64, 64));  // train/b/1.png
  for (int pass = 0; pass < 2; ++pass) {
    EXPECT_THAT(load({.image_size = 16}).warnings,
                ElementsAre(AllOf(HasSubstr("1 of the 6 val photos is nearly equal to one of the "
                                            "train part"),
                                  HasSubstr("train/b/1.png and val/b/9.png")),
                            HasSubstr("train/a/1.png and test/a/1.png")));
  }
}

TEST_F(Photos, ReadsThePartsAskedFor) {
  write_parts();
  const Dataset test = load({.train = false, .val = false});
  EXPECT_EQ(test.train.size(), 0U);
  EXPECT_EQ(test.test.size(), 5U);
  fs::remove_all(folder_.root() / "val");
  expect_error(ErrorCode::bad_input, {"none of the parts that were asked for ( val) is there"},
               [&] { load({.train = false, .test = false}); });
}

TEST_F(Photos, ATableIsReadByItself) {
  folder_.add("somewhere/1.png", 1);
  folder_.add("somewhere/2.png", 2);
  folder_.note("list.csv", "image_path,label\nsomewhere/2.png,b\nsomewhere/1.png,a\n");
  const Dataset data = load_dataset((folder_.root() / "list.csv").string(), {.image_size = 16});
  EXPECT_EQ(data.name, "list");
  EXPECT_TRUE(data.whole);
  EXPECT_THAT(data.train.labels, ElementsAre(1, 0));
  EXPECT_THAT(data.train.files, ElementsAre("somewhere/2.png", "somewhere/1.png"));
}

TEST_F(Photos, SizesThatCannotBeAreRefused) {
  write_parts();
  for (const std::size_t side : {0, 7, 225}) {
    expect_error(ErrorCode::usage, {"the side is 8 to 224"}, [&] { load({.image_size = side}); });
  }
  expect_error(ErrorCode::usage, {"as 2x8x8 are none"}, [&] { load({.like = Shape{2, 8, 8}}); });
  folder_.note("other/train.csv", "1,2,3,4,5\n0,2,3,4,5\n");
  expect_error(ErrorCode::usage, {"--image-size is for photos"},
               [&] { load_dataset((folder_.root() / "other").string(), {.image_size = 64}); });
}

TEST_F(Photos, ADamagedCacheIsMadeAnew) {
  write_parts();
  const std::string before = digest(load().train);
  ASSERT_EQ(cached().size(), 1U);
  const fs::path file = cached()[0];
  const auto size = fs::file_size(file);
  const auto spoil = [&](std::uintmax_t at) {
    std::fstream stream(file, std::ios::binary | std::ios::in | std::ios::out);
    stream.seekg(static_cast<std::streamoff>(at));
    const int was = stream.peek();
    stream.seekp(static_cast<std::streamoff>(at));
    stream.put(static_cast<char>(was ^ 1));
  };
  const auto remade = [&](const char* why, const auto& damage) {
    damage();
    decoded_ = 0;
    const Dataset data = load();
    EXPECT_GT(decoded_, 0) << why;
    EXPECT_EQ(digest(data.train), before) << why;
    EXPECT_THAT(data.warnings, ElementsAre(HasSubstr("decoded anew"))) << why;
    decoded_ = 0;
    load();
    EXPECT_EQ(decoded_, 0) << why;
  };
  remade("first byte", [&] { spoil(0); });
  remade("a length", [&] { spoil(30); });
  remade("a digest", [&] { spoil(70); });
  remade("first pixel", [&] { spoil(4096); });
  remade("some pixel", [&] { spoil(size / 2); });
  remade("last byte", [&] { spoil(size - 1); });
  remade("cut short", [&] { fs::resize_file(file, size / 2); });
  remade("only a beginning", [&] { fs::resize_file(file, 100); });
  remade("empty", [&] { fs::resize_file(file, 0); });
  remade("too long", [&] { fs::resize_file(file, size + 1); });
}

TEST_F(Photos, TheCacheStaysWithinItsSize) {
  write_parts();
  const test::Environment size("WEFT_CACHE_SIZE", "110000");
  load({.image_size = 32});  // 53 kB, header and gaps among them
  load({.image_size = 16});  // 17 kB
  load({.image_size = 32});  // used again
  EXPECT_EQ(cached().size(), 2U);
  decoded_ = 0;
  load({.image_size = 31});
  EXPECT_EQ(cached().size(), 2U) << "the one used longest ago is gone";
  decoded_ = 0;
  load({.image_size = 32});
  EXPECT_EQ(decoded_, 0);
  const Dataset large = load({.image_size = 128});
  EXPECT_THAT(large.warnings, ElementsAre(HasSubstr("WEFT_CACHE_SIZE allows")));
  EXPECT_EQ(large.train.images.shape(), (Shape{5, 3, 128, 128}));
  EXPECT_EQ(digest(gather(large.train, std::vector<std::uint32_t>{0, 1, 2, 3, 4})),
            digest(large.train))
      << "its file has no name, but is there";
  const test::Environment wrong("WEFT_CACHE_SIZE", "8 GB");
  expect_error(ErrorCode::usage, {"WEFT_CACHE_SIZE is \"8 GB\""}, [&] { load(); });
}

TEST_F(Photos, WithoutACacheTheyStandInMemory) {
  write_parts();
  const std::string before = digest(load().train);
  {
    const test::Environment none("WEFT_CACHE", "/proc/nowhere");
    const Dataset data = load();
    EXPECT_EQ(digest(data.train), before);
    EXPECT_THAT(data.warnings, ElementsAre(HasSubstr("decoded photos are not kept")));
  }
  const test::Environment none("WEFT_CACHE", std::nullopt), home("HOME", std::nullopt),
      xdg("XDG_CACHE_HOME", std::nullopt);
  const Dataset data = load();
  EXPECT_EQ(digest(data.train), before);
  EXPECT_THAT(data.warnings, IsEmpty());
}

TEST_F(Photos, DecodingCanBeStopped) {
  write_parts();
  struct Stop {};
  LoadOptions options;
  options.on_photo = [](std::size_t, std::size_t) { throw Stop(); };
  EXPECT_THROW(load_dataset(folder_.root().string(), options), Stop);
  EXPECT_THAT(cached(), IsEmpty());
}

}  // namespace
}  // namespace weft
