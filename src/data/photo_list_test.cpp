#include "data/photo_list.hpp"

#include <gmock/gmock.h>

#include "data/test_photos.hpp"

namespace weft {
namespace {

using test::expect_error;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class PhotoLists : public ::testing::Test {
 protected:
  PhotoList list(const LoadOptions& options = {}) const {
    return list_photo_folder(folder_.root(), options);
  }
  PhotoList table(const std::string& text, const LoadOptions& options = {}) const {
    const test::Bytes bytes(text.begin(), text.end());
    EXPECT_TRUE(is_photo_table(bytes)) << text;
    return list_photo_table(bytes, folder_.root() / "list.csv", options);
  }
  // Files of the part and class, which need not hold pictures to be listed.
  void add(const std::vector<std::string>& names) const {
    for (const std::string& name : names) folder_.note(name, name);
  }
  static std::vector<std::string> names_of(const PhotoList& list) {
    std::vector<std::string> names;
    for (const Photo& photo : list.photos) {
      names.push_back(photo.name + " " + name_of(photo.part) + " " + std::to_string(photo.label));
    }
    return names;
  }

  test::PhotoFolder folder_;
};

TEST_F(PhotoLists, AFolderAClassIsAWhole) {
  add({"b/2.jpg", "b/1.PNG", "a/x.jpeg", "B-side/1.jpg", "a/deep/er/0.webp"});
  EXPECT_TRUE(holds_photos(folder_.root()));
  const PhotoList found = list();
  EXPECT_THAT(found.class_names, ElementsAre("B-side", "a", "b"));
  EXPECT_THAT(names_of(found),
              ElementsAre("B-side/1.jpg whole 0", "a/deep/er/0.webp whole 1", "a/x.jpeg whole 1",
                          "b/1.PNG whole 2", "b/2.jpg whole 2"));
  EXPECT_EQ(found.photos[0].bytes, 12U);
  EXPECT_GT(found.photos[0].changed, 0);
}

TEST_F(PhotoLists, PartsAreFoldersInAnyCase) {
  add({"Train/b/1.jpg", "Train/a/1.jpg", "VALIDATION/a/2.jpg", "VALIDATION/b/2.jpg", "test/a/3.jpg",
       "test/b/3.jpg"});
  EXPECT_THAT(names_of(list()), ElementsAre("Train/a/1.jpg train 0", "Train/b/1.jpg train 1",
                                            "VALIDATION/a/2.jpg val 0", "VALIDATION/b/2.jpg val 1",
                                            "test/a/3.jpg test 0", "test/b/3.jpg test 1"));
  add({"valid/a/1.jpg"});
  expect_error(ErrorCode::bad_input, {"\"VALIDATION\" and \"valid\" are both the val part"},
               [&] { list(); });
}

TEST_F(PhotoLists, AClassMayBeCalledTrain) {
  add({"bus/1.jpg", "train/1.jpg"});
  EXPECT_THAT(list().class_names, ElementsAre("bus", "train"));
}

TEST_F(PhotoLists, WhatIsNoPhotoIsPassedOver) {
  add({"a/1.jpg", "a/.hidden.jpg", "a/README", "a/notes.txt", ".git/1.jpg", "README.md",
       "docs/a.md", "LICENSE"});
  EXPECT_TRUE(holds_photos(folder_.root()));
  const PhotoList found = list();
  EXPECT_THAT(names_of(found), ElementsAre("a/1.jpg whole 0"));
  EXPECT_THAT(found.class_names, ElementsAre("a"));
  EXPECT_THAT(found.warnings, IsEmpty());
}

TEST_F(PhotoLists, OtherDataGoesBeforePhotos) {
  add({"pictures/1.jpg"});
  folder_.note("data.csv", "1,2,3,4,5\n0,2,3,4,5\n");
  EXPECT_FALSE(holds_photos(folder_.root()));
  folder_.note("data.csv", "path,class,kind,view,source\npictures/1.jpg,a,b,c,d\n");
  EXPECT_TRUE(holds_photos(folder_.root())) << "a table of the photos themselves";
  folder_.note("photos.zip", "PK\x03\x04 packed");
  EXPECT_TRUE(holds_photos(folder_.root())) << "a packed copy of them";
}

TEST_F(PhotoLists, WhatIsLeftOutIsSaid) {
  add({"train/a/1.jpg", "test/a/2.jpg", "extra/a/3.jpg", "train/loose.jpg"});
  const PhotoList found = list();
  ASSERT_EQ(found.warnings.size(), 2U);
  EXPECT_THAT(found.warnings[0], HasSubstr("left out are the pictures in \"extra\""));
  EXPECT_THAT(found.warnings[1], HasSubstr("1 pictures that lie in"));
}

TEST_F(PhotoLists, PartsWithOtherClassesAreNamed) {
  add({"train/hat/1.jpg", "train/shirt/1.jpg", "train/shoe/1.jpg", "test/shirt/2.jpg",
       "test/skirt/2.jpg"});
  expect_error(ErrorCode::bad_input,
               {"different classes", "train lacks \"skirt\" of test",
                "test lacks \"hat\", \"shoe\" of train"},
               [&] { list(); });
}

TEST_F(PhotoLists, ClassesThatDifferByCaseAreNamed) {
  add({"Shirt/1.jpg", "shirt/1.jpg"});
  expect_error(ErrorCode::bad_input, {"\"Shirt\" and \"shirt\" differ only by case"},
               [&] { list(); });
}

TEST_F(PhotoLists, AnEmptyFolderIsAClass) {
  add({"train/a/1.jpg", "train/b/1.jpg", "test/a/1.jpg", "test/b/.keep"});
  EXPECT_THAT(list().class_names, ElementsAre("a", "b"));
}

TEST_F(PhotoLists, LinksAreFollowedOnce) {
  add({"a/1.jpg", "b/deep/2.jpg"});
  std::filesystem::create_directory_symlink("..", folder_.root() / "a/up");
  std::filesystem::create_directory_symlink(".", folder_.root() / "a/self");
  std::filesystem::create_directory_symlink("b", folder_.root() / "c");
  std::filesystem::create_symlink("nowhere", folder_.root() / "b/gone.jpg");
  const PhotoList found = list();
  EXPECT_THAT(found.class_names, ElementsAre("a", "b", "c"));
  EXPECT_THAT(names_of(found),
              ElementsAre("a/1.jpg whole 0", "a/up/b/deep/2.jpg whole 0", "a/up/b/gone.jpg whole 0",
                          "b/deep/2.jpg whole 1", "b/gone.jpg whole 1", "c/deep/2.jpg whole 2",
                          "c/gone.jpg whole 2"));
}

TEST_F(PhotoLists, LoosePicturesHaveNoLabels) {
  add({"1.jpg", "2.jpg"});
  EXPECT_TRUE(holds_photos(folder_.root()));
  expect_error(ErrorCode::bad_input, {"holds 2 pictures, \"1.jpg\" and so on, in no folder"},
               [&] { list(); });
  const PhotoList found = list({.labels = false});
  EXPECT_THAT(names_of(found), ElementsAre("1.jpg whole 0", "2.jpg whole 0"));
  EXPECT_THAT(found.unlabelled, ElementsAre(Part::whole));
}

TEST_F(PhotoLists, ATableHasPathsAndLabels) {
  const PhotoList found = table("image_path,label\nx/2.jpg,b\n\"y,1.jpg\",a\n/abs/3,b\n");
  EXPECT_THAT(names_of(found), ElementsAre("x/2.jpg whole 1", "y,1.jpg whole 0", "/abs/3 whole 1"));
  EXPECT_EQ(found.path(found.photos[0]), folder_.root() / "x/2.jpg");
  EXPECT_EQ(found.path(found.photos[2]), "/abs/3");
  EXPECT_THAT(names_of(table("1.jpg,b\r\n2.jpg,a\r\n")),
              ElementsAre("1.jpg whole 1", "2.jpg whole 0"));
  EXPECT_THAT(names_of(table("10,1.jpg\n9,2.jpg\n")),
              ElementsAre("1.jpg whole 0", "2.jpg whole 1"));
  EXPECT_THAT(names_of(table("id,filename,class\n7,1.jpg,b\n8,2.jpg,a\n")),
              ElementsAre("1.jpg whole 1", "2.jpg whole 0"));
  EXPECT_THAT(names_of(table("kind,path,what\nz,1.jpg,b\nz,2.jpg,a\n", {.label_column = "what"})),
              ElementsAre("1.jpg whole 1", "2.jpg whole 0"));
}

TEST_F(PhotoLists, ATableMaySayTheParts) {
  const char* rows = "1.jpg,a,Train\n2.jpg,a,test\n3.jpg,b,train\n4.jpg,b,valid\n";
  for (const std::string header : {"image_path,label,split\n", ""}) {
    EXPECT_THAT(names_of(table(header + rows)),
                ElementsAre("1.jpg train 0", "3.jpg train 1", "4.jpg val 1", "2.jpg test 0"));
  }
}

TEST_F(PhotoLists, BadTablesAreRefused) {
  const auto refused = [&](const std::string& text, const std::vector<std::string>& parts) {
    expect_error(ErrorCode::bad_input, parts, [&] { table(text); });
  };
  refused("path,label\n1.jpg,a\n2.jpg\n", {"row 3: 1 columns, but row 1 has 2"});
  refused("path,label\n1.jpg,\n", {"row 2, column 2: the label is empty"});
  refused("path,label\n,a\n", {"row 2, column 1", "is no path"});
  refused("path,label\n", {"no rows of data"});
  refused("path,label,split\n1.jpg,a,dev\n", {"row 2, column 3: \"dev\" is no part"});
  refused("path,label\n1.jpg,a\n2.jpg,A\n", {"\"A\" and \"a\" differ only by case"});
  refused("path,label,split\n1.jpg,a,train\n2.jpg,b,test\n",
          {"the training rows lack \"b\" of test"});
  refused("path,one,two\n1.jpg,a,b\n", {"no column is plainly the labels"});
  refused("path,label\n\"1.jpg,a\n", {"row 2, column 1: a quotation mark opens here"});
  expect_error(ErrorCode::usage, {"no column is called \"x\""},
               [&] { table("path,label\n1.jpg,a\n", {.label_column = "x"}); });
  expect_error(ErrorCode::usage, {"column 1 is the pictures' path"},
               [&] { table("path,label\n1.jpg,a\n", {.label_column = "path"}); });
}

TEST_F(PhotoLists, OtherTextIsNoTable) {
  for (const std::string text : {"", "1,2,3,4,5\n", "label,pixel0,pixel1\n", "1.jpg\n",
                                 "{\"path\": 1, \"b\": 2}\n", "a line, with commas\n"}) {
    EXPECT_FALSE(is_photo_table(test::Bytes(text.begin(), text.end()))) << text;
  }
}

}  // namespace
}  // namespace weft
