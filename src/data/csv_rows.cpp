#include "data/csv_rows.hpp"

#include <csv.h>

#include <cstddef>
#include <exception>
#include <new>

#include "base/error.hpp"
#include "data/text.hpp"

namespace weft {
namespace {

// libcsv calls back through C, which no exception may cross: the first one waits here.
struct Callbacks {
  const std::function<void(std::string_view)>& field;
  const std::function<void()>& end_row;
  std::exception_ptr thrown;
  std::size_t row = 1, column = 1;  // of the field that comes next

  template <class Action>
  void run(const Action& action) noexcept {
    if (thrown) return;
    try {
      action();
    } catch (...) {
      thrown = std::current_exception();
    }
  }
  static void on_field(void* text, std::size_t size, void* self) {
    auto& callbacks = *static_cast<Callbacks*>(self);
    callbacks.run([&] { callbacks.field({static_cast<const char*>(text), size}); });
    ++callbacks.column;
  }
  static void on_row(int, void* self) {
    auto& callbacks = *static_cast<Callbacks*>(self);
    callbacks.run(callbacks.end_row);
    ++callbacks.row;
    callbacks.column = 1;
  }
};

class Parser {
 public:
  Parser() {
    constexpr std::size_t kBlock = 65536;
    if (csv_init(&parser_, CSV_STRICT | CSV_STRICT_FINI) != 0) throw std::bad_alloc();
    csv_set_blk_size(&parser_, kBlock);
  }
  ~Parser() { csv_free(&parser_); }
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;
  csv_parser* get() { return &parser_; }

 private:
  csv_parser parser_{};
};

std::string_view without_mark(std::span<const std::uint8_t> bytes) {
  std::string_view text = as_text(bytes);
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);  // as Excel begins UTF-8
  return text;
}

}  // namespace

void read_csv_rows(std::span<const std::uint8_t> bytes, const std::string& file,
                   const std::function<void(std::string_view)>& field,
                   const std::function<void()>& end_row) {
  constexpr std::size_t kStep = 65536;  // after which an error is noticed
  Parser parser;
  Callbacks callbacks{field, end_row, nullptr};
  const auto check = [&] {
    if (callbacks.thrown) std::rethrow_exception(callbacks.thrown);
    if (csv_error(parser.get()) == CSV_ENOMEM) throw std::bad_alloc();
  };
  std::string_view text = without_mark(bytes);
  while (!text.empty()) {
    const std::string_view step = text.substr(0, kStep);
    const std::size_t done = csv_parse(parser.get(), step.data(), step.size(), Callbacks::on_field,
                                       Callbacks::on_row, &callbacks);
    check();
    if (done != step.size()) {
      fail(ErrorCode::bad_input,
           "csv: {}: row {}, column {}: a quotation mark stands where none may, before {}: a "
           "field with one is quoted whole, and the mark doubled",
           file, callbacks.row, callbacks.column, excerpt(text.substr(done), 20));
    }
    text.remove_prefix(done);
  }
  const int left = csv_fini(parser.get(), Callbacks::on_field, Callbacks::on_row, &callbacks);
  check();
  if (left != 0) {
    fail(ErrorCode::bad_input,
         "csv: {}: row {}, column {}: a quotation mark opens here and is never closed: is the file "
         "cut short?",
         file, callbacks.row, callbacks.column);
  }
}

std::string_view first_csv_line(std::span<const std::uint8_t> bytes) {
  const std::string_view text = without_mark(bytes);
  return text.substr(0, text.find_first_of("\r\n"));
}

}  // namespace weft
