#include "base/digest.hpp"

#include <openssl/evp.h>

#include <array>

#include "base/error.hpp"

namespace weft {

struct Sha256::State {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  ~State() { EVP_MD_CTX_free(context); }
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
  if (EVP_DigestInit_ex(state_->context, EVP_sha256(), nullptr) != 1) {
    fail(ErrorCode::failed, "sha256: libcrypto offers no SHA-256");
  }
}
Sha256::~Sha256() = default;

void Sha256::update(const void* bytes, std::size_t count) {
  EVP_DigestUpdate(state_->context, bytes, count);
}

std::string Sha256::hexadecimal() {
  std::array<unsigned char, 32> bytes{};
  EVP_DigestFinal_ex(state_->context, bytes.data(), nullptr);
  return fmt::format("{:02x}", fmt::join(bytes, ""));
}

std::string sha256(const void* bytes, std::size_t count) {
  Sha256 digest;
  digest.update(bytes, count);
  return digest.hexadecimal();
}

}  // namespace weft
