// SHA-256 (FIPS 180-4), by OpenSSL.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

namespace weft {

class Sha256 {
 public:
  Sha256();
  ~Sha256();
  void update(const void* bytes, std::size_t count);
  std::string hexadecimal();  // ends the digest; once

 private:
  struct State;
  std::unique_ptr<State> state_;
};

std::string sha256(const void* bytes, std::size_t count);

}  // namespace weft
