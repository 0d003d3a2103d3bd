// Which format a file's contents have, whatever the file is called.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace weft {

enum class Format { idx, csv, npz, cifar10, cifar100 };

const char* name_of(Format format);  // "idx", "csv", "npz", "cifar-10", "cifar-100"

// By the unpacked contents; none when they are of no format that is read.
std::optional<Format> format_of(std::span<const std::uint8_t> bytes);

// Small text, such as a README or a list, that may lie beside data without being data.
bool is_note(std::span<const std::uint8_t> bytes);

// Throws Error(bad_input): what formats there are, and how these bytes begin.
[[noreturn]] void fail_format(const std::string& file, std::span<const std::uint8_t> bytes);

}  // namespace weft
