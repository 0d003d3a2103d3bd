// NumPy's archives of named arrays: a zip file with an NPY file an entry.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "data/array.hpp"
#include "data/gzip.hpp"

namespace weft {

bool is_zip(std::span<const std::uint8_t> bytes);

// An archive that stays where it is in memory.
class Npz {
 public:
  // Throws Error(bad_input) when the bytes are no zip archive, or when an entry is encrypted, has
  // the name of another, or a name that leads elsewhere: with "..", a leading "/" or a backslash.
  Npz(std::span<const std::uint8_t> bytes, std::string file);
  ~Npz();
  Npz(const Npz&) = delete;
  Npz& operator=(const Npz&) = delete;

  // The arrays' names, without ".npy", in the order of the archive.
  const std::vector<std::string>& names() const { return names_; }
  bool has(const std::string& name) const;

  // An array and the bytes that it is a view of.
  struct Entry {
    FileBytes bytes;
    Array array;
  };
  // Nothing of the array's size is allocated before its header has been checked against the entry's
  // size, at most `most` and most_unpacked of what it takes in the archive. Throws
  // Error(bad_input).
  Entry read(const std::string& name, std::size_t most) const;

 private:
  struct State;
  std::string file_;
  std::unique_ptr<State> state_;
  std::vector<std::string> names_;
};

}  // namespace weft
