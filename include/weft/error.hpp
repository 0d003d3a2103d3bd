// The one exception of the library.
#pragma once

#include <stdexcept>
#include <string>

namespace weft {

// What kind of trouble: the command line maps each to an exit code, once.
enum class ErrorCode {
  failed,     // the machine or the run: disk full, no network, a loss that is not finite
  usage,      // the caller asked for something that cannot be: unknown option, layer or shape
  bad_input,  // a data set or a model file that is not what it claims to be
};

// The message names the operation, the rule, both values and the likely fix.
class Error : public std::runtime_error {
 public:
  Error(ErrorCode code, const std::string& message) : std::runtime_error(message), code_(code) {}
  ErrorCode code() const { return code_; }

 private:
  ErrorCode code_;
};

}  // namespace weft
