#include "model/safetensors.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <cstdint>

#include "base/digest.hpp"
#include "model/test_files.hpp"

namespace weft {
namespace {

template <class T>
Tensor tensor_of(Shape shape, const std::vector<T>& values) {
  Tensor tensor(data_type_of<T>(), std::move(shape));
  std::ranges::copy(values, tensor.as<T>().begin());
  return tensor;
}

std::string framed(std::uint64_t length, const std::string& rest) {
  std::string bytes;
  for (int i = 0; i < 8; ++i) bytes += static_cast<char>(length >> (8 * i) & 0xFF);
  return bytes + rest;
}

std::string file_with(const std::string& header, std::size_t data_bytes) {
  return framed(header.size(), header + std::string(data_bytes, '\0'));
}

// One tensor's entry, of U8 unless said.
std::string entry(const std::string& name, const std::string& shape, const std::string& offsets,
                  const std::string& dtype = "U8") {
  return "\"" + name + "\":{\"dtype\":\"" + dtype + "\",\"shape\":[" + shape +
         "],\"data_offsets\":[" + offsets + "]}";
}

class SafetensorsFile : public testing::Test {
 protected:
  Safetensors read(const std::string& bytes) {
    put_bytes(path_, bytes);
    return read_safetensors(path_);
  }
  void refused(const std::string& header, std::size_t data_bytes, const std::string& part) {
    SCOPED_TRACE(header);
    expect_error(ErrorCode::bad_input, part, [&] { read(file_with(header, data_bytes)); });
  }

  ScratchFolder folder_;
  const std::filesystem::path path_ = folder_ / "file.safetensors";
};

TEST_F(SafetensorsFile, HoldsWhatWasWritten) {
  const Tensor a = tensor_of<float>({2, 3}, {1, -2, 3.5F, 0, 1e-40F, 6});
  const Tensor b = tensor_of<double>({2}, {0.1, -1e300});
  const Tensor c = tensor_of<std::uint8_t>({3, 1}, {0, 128, 255});
  const Tensor none(DataType::f32, {0, 4});
  const Tensor scalar = tensor_of<float>({}, {7});
  const std::string odd = "quote \" newline \n zero " + std::string(1, '\0') + " Umlaut \xC3\xA4";
  const Metadata metadata = {{"z", "last"}, {"a", odd}, {odd, ""}};
  const std::vector<TensorReference> tensors = {
      {"b", &b}, {"a", &a}, {odd, &c}, {"none", &none}, {"scalar", &scalar}};
  const std::string digest = write_safetensors(path_, metadata, tensors);
  const std::string bytes = bytes_in(path_);
  EXPECT_EQ(digest, sha256(bytes.data(), bytes.size()));

  const Safetensors contents = read_safetensors(path_);
  EXPECT_EQ(contents.metadata, metadata);
  ASSERT_EQ(contents.tensors.size(), 5U);
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(contents.tensors[i].name, tensors[i].name);
    EXPECT_EQ(contents.tensors[i].value.shape(), tensors[i].value->shape());
    EXPECT_EQ(contents.tensors[i].value.type(), tensors[i].value->type());
  }
  EXPECT_THAT(contents.tensors[0].value.as<double>(), testing::ElementsAreArray(b.as<double>()));
  EXPECT_THAT(contents.tensors[1].value.as<float>(), testing::ElementsAreArray(a.as<float>()));
  EXPECT_THAT(contents.tensors[2].value.as<std::uint8_t>(), testing::ElementsAre(0, 128, 255));
  EXPECT_THAT(contents.tensors[4].value.as<float>(), testing::ElementsAre(7));
}

// The bytes as the format's page describes them, put together by hand.
TEST_F(SafetensorsFile, HasTheBytesOfTheFormat) {
  const Tensor a = tensor_of<float>({1, 2}, {1, 2});
  const Tensor b = tensor_of<std::uint8_t>({1}, {9});
  const std::vector<TensorReference> tensors = {{"w", &a}, {"b", &b}};
  write_safetensors(path_, {{"y", "1"}, {"x", "2"}}, tensors);
  std::string header =
      R"({"__metadata__":{"x":"2","y":"1"},"w":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},)"
      R"("b":{"dtype":"U8","shape":[1],"data_offsets":[8,9]}})";
  while (header.size() % 8 != 0) header += ' ';
  const std::string data("\x00\x00\x80\x3F\x00\x00\x00\x40\x09", 9);
  EXPECT_EQ(bytes_in(path_), framed(header.size(), header + data));
}

TEST_F(SafetensorsFile, AcceptsOtherWritersFreedoms) {
  EXPECT_EQ(read(file_with("{}", 0)).tensors.size(), 0U);
  const Safetensors contents = read(
      file_with("{ " + entry("b", "2", "1, 3") + ",\n " + entry("none", "0, 9", "1, 1") + ", " +
                    R"("a" : {"data_offsets": [0, 1], "shape": [], "dtype": "U8"} }   )",
                3));
  ASSERT_EQ(contents.tensors.size(), 3U);
  EXPECT_EQ(contents.tensors[0].name, "a") << "in the order of the data, not of the header";
  EXPECT_EQ(contents.tensors[1].name, "none");
  EXPECT_EQ(contents.tensors[2].name, "b");
}

TEST_F(SafetensorsFile, LyingHeaderLengthIsRefused) {
  const std::string header = "{" + entry("a", "4", "0,4") + "}";
  const std::string rest = header + "abcd";
  EXPECT_EQ(read(framed(header.size(), rest)).tensors.size(), 1U);
  for (const std::uint64_t length :
       {std::uint64_t{0}, std::uint64_t{1}, header.size() - 1, header.size() + 1, rest.size()}) {
    SCOPED_TRACE(length);
    expect_error(ErrorCode::bad_input, path_.string(), [&] { read(framed(length, rest)); });
  }
  for (const std::uint64_t length :
       {rest.size() + 1, std::uint64_t{100'000'001}, std::uint64_t{1} << 63, ~std::uint64_t{0}}) {
    expect_error(ErrorCode::bad_input, fmt::format("announce a header of {} bytes", length),
                 [&] { read(framed(length, rest)); });
  }
}

TEST_F(SafetensorsFile, HeaderAboveTheFormatsLimitIsRefused) {
  put_bytes(path_, framed(100'000'001, "{}"));
  std::filesystem::resize_file(path_, 100'000'100);
  expect_error(ErrorCode::bad_input, "100000000 are the most", [&] { read_safetensors(path_); });
}

TEST_F(SafetensorsFile, LyingOffsetsAreRefused) {
  refused("{" + entry("a", "4", "0,5") + "}", 4, "lies at bytes 0 to 5 of the data, which has 4");
  refused("{" + entry("a", "4", "4,0") + "}", 4, "lies at bytes 4 to 0");
  refused("{" + entry("a", "4", "1,4") + "}", 4, "does not fill 3 bytes");
  refused("{" + entry("a", "3", "0,4") + "}", 4, "does not fill 4 bytes");
  refused("{" + entry("a", "2", "0,4", "F64") + "}", 4, "does not fill 4 bytes");
  refused("{" + entry("a", "4", "0,4") + "}", 5, "end at byte 4 of the data, which has 5");
  refused("{" + entry("a", "3", "1,4") + "}", 4, "begins at byte 1");
  refused("{" + entry("a", "2", "0,2") + "," + entry("b", "2", "3,5") + "}", 5, "ends at 2");
  refused("{" + entry("a", "3", "0,3") + "," + entry("b", "2", "2,4") + "}", 4, "ends at 3");
  refused("{" + entry("a", "2", "0,2") + "," + entry("b", "2", "0,2") + "}", 2, "ends at 2");
  refused("{" + entry("a", "0", "3,3") + "}", 4, "begins at byte 3");
  refused("{}", 1, "which has 1");
  refused("{" + entry("a", "4", "18446744073709551612,0") + "}", 4, "lies at bytes");
}

TEST_F(SafetensorsFile, ShapesThatOverflowAreRefused) {
  for (const std::string shape :
       {"4294967296,4294967296", "9223372036854775808,2", "18446744073709551615",
        "4294967296,4294967296,0", "2305843009213693952"}) {
    refused("{" + entry("a", shape, "0,0", "F64") + "}", 0, "does not fill 0 bytes");
  }
  refused("{" + entry("a", "18446744073709551616", "0,4") + "}", 4, "no unsigned 64-bit integer");
  refused("{" + entry("a", "1,1,1,1,1,1,1,1,1", "0,1") + "}", 1, "more than 8 dimensions");
}

TEST_F(SafetensorsFile, WhatIsNoHeaderIsRefused) {
  const std::string a = entry("a", "1", "0,1");
  refused("", 9, "no safetensors file");
  refused("[]", 0, "no safetensors file");
  refused(" {}", 0, "no safetensors file");
  refused("{", 0, "not valid JSON");
  refused("{} x", 0, "not valid JSON");
  refused("{" + a + ",}", 1, "not valid JSON");
  refused(std::string("{}\0 ", 4), 0, "zero byte at 2");
  refused("{" + entry("\xFF", "1", "0,1") + "}", 1, "not valid JSON");
  refused("{" + entry("\\ud800", "1", "0,1") + "}", 1, "not valid JSON");
  refused("{" + a + "," + a + "}", 1, "twice");
  refused("{" + a + "," + entry("\\u0061", "0", "1,1") + "}", 1, "twice");
  refused("{" + entry("a", "1", "0,1", "BF16") + "}", 1, "F32, F64 and U8");
  refused("{" + entry("a", "1", "0,1", "f32") + "}", 1, "F32, F64 and U8");
  refused("{" + entry("a", "-1", "0,1") + "}", 1, "negative");
  refused("{" + entry("a", "1.0", "0,1") + "}", 1, "no unsigned 64-bit integer");
  refused("{" + entry("a", "1e999", "0,1") + "}", 1, "damaged");
  refused("{" + entry("a", "true", "0,1") + "}", 1, "a boolean");
  refused("{" + entry("a", "null", "0,1") + "}", 1, "null");
  refused("{" + entry("a", "\"1\"", "0,1") + "}", 1, "a string");
  refused("{" + entry("a", "[1]", "0,1") + "}", 1, "an array");
  refused("{" + entry("a", "{}", "0,1") + "}", 1, "an object");
  refused("{" + entry("a", "1", "0") + "}", 1, "two numbers");
  refused("{" + entry("a", "1", "0,1,1") + "}", 1, "two numbers");
  refused(R"({"a":1})", 1, "a number");
  refused(R"({"a":{}})", 1, "lacks one of");
  refused(R"({"a":{"dtype":"U8","shape":[1]}})", 1, "lacks one of");
  refused(R"({"a":{"dtype":1,"shape":[1],"data_offsets":[0,1]}})", 1, "a number");
  refused(R"({"a":{"dtype":"U8","shape":1,"data_offsets":[0,1]}})", 1, "a number");
  refused(R"({"a":{"dtype":["U8"],"shape":[1],"data_offsets":[0,1]}})", 1, "an array");
  refused(R"({"a":{"dtype":"U8","dtype":"U8","shape":[1],"data_offsets":[0,1]}})", 1, "each once");
  refused(R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"more":1}})", 1, "more");
  refused(R"({"__metadata__":"x"})", 0, "a string");
  refused(R"({"__metadata__":{"x":1}})", 0, "a number");
  refused(R"({"__metadata__":{"x":{}}})", 0, "an object");
  refused(R"({"__metadata__":{"x":"1","x":"2"}})", 0, "twice");
  refused(R"({"__metadata__":{},"__metadata__":{}})", 0, "twice");
}

TEST_F(SafetensorsFile, DeepNestingIsRefusedAtOnce) {
  const std::string deep(1'000'000, '[');
  refused("{\"a\":" + deep, 0, "an array");
  refused(R"({"a":{"dtype":"U8","shape":)" + deep, 0, "an array");
  std::string objects = "{";
  for (int i = 0; i < 100'000; ++i) objects += "\"a\":{";
  refused(objects, 0, "dtype, shape and data_offsets");
}

TEST_F(SafetensorsFile, WhatCannotBeReadIsNamed) {
  const auto said = [&](const std::filesystem::path& path, const std::string& part) {
    expect_error(ErrorCode::bad_input, part, [&] { read_safetensors(path); });
    expect_error(ErrorCode::bad_input, path.string(), [&] { read_safetensors(path); });
  };
  said(folder_ / "missing", "No such file");
  said(folder_.path(), "not a regular file");
  said("/dev/null", "not a regular file");
  put_bytes(path_, "");
  said(path_, "too few");
}

TEST_F(SafetensorsFile, WhatCannotBeWrittenIsNamed) {
  const Tensor one = tensor_of<float>({1}, {1});
  const Tensor shapeless;
  const Tensor many(DataType::u8, {1, 1, 1, 1, 1, 1, 1, 1, 1});
  const auto said = [&](ErrorCode code, const std::vector<TensorReference>& tensors,
                        const Metadata& metadata, const std::string& part) {
    expect_error(code, part, [&] { write_safetensors(path_, metadata, tensors); });
    EXPECT_FALSE(std::filesystem::exists(path_)) << part;
  };
  said(ErrorCode::usage, {{"a", &one}, {"a", &one}}, {}, "two tensors are named \"a\"");
  said(ErrorCode::usage, {{"__metadata__", &one}}, {}, "__metadata__");
  said(ErrorCode::usage, {{"\xC0", &one}}, {}, "cannot be a tensor's name");
  said(ErrorCode::usage, {{"a", &shapeless}}, {}, "never given a shape");
  said(ErrorCode::usage, {{"a", &many}}, {}, "9 dimensions");
  said(ErrorCode::usage, {}, {{"k", "\xFF"}}, "metadata \"k\" is not UTF-8");
  expect_error(ErrorCode::failed, "missing",
               [&] { write_safetensors(folder_ / "missing/file", {}, {}); });
}

}  // namespace
}  // namespace weft
