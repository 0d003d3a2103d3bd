// The module for pictures: what module.cpp of the library loads.
#include "image/module.hpp"

#include <pthread.h>
#include <vips/vips.h>

#include <cstdlib>
#include <mutex>
#include <new>
#include <shared_mutex>
#include <string>

#include "image/limits.hpp"
#include "image/vips/codec.hpp"
#include "image/vips/operations.hpp"

namespace weft {
namespace {

// Shared by those who decode; one who waits to have it alone goes first, as else, with many who
// decode, its turn would never come.
class Gate {
 public:
  Gate() {
    pthread_rwlockattr_t attributes;
    pthread_rwlockattr_init(&attributes);
    pthread_rwlockattr_setkind_np(&attributes, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    pthread_rwlock_init(&lock_, &attributes);
    pthread_rwlockattr_destroy(&attributes);
  }
  ~Gate() { pthread_rwlock_destroy(&lock_); }
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;

  void lock() { pthread_rwlock_wrlock(&lock_); }
  void unlock() { pthread_rwlock_unlock(&lock_); }
  void lock_shared() { pthread_rwlock_rdlock(&lock_); }
  void unlock_shared() { pthread_rwlock_unlock(&lock_); }

 private:
  pthread_rwlock_t lock_{};
};

// libvips' reasons, which may quote the file, as one line that does no harm on a terminal.
std::string one_line(const char* text) {
  constexpr std::size_t kMost = 200;
  std::string line;
  for (const char* c = text; *c && line.size() < kMost; ++c) {
    if (*c != '\n') {
      line += *c >= ' ' && *c <= '~' ? *c : '?';
    } else if (c[1]) {
      line += "; ";
    }
  }
  return line.empty() ? "it cannot be decoded" : line;
}

// libvips keeps the reasons of all threads in one buffer. So what has failed is done once more
// while nobody else is at work.
template <class Request>
void answer(void (*work)(const Request&, const PicturesSink&), const Request& request,
            const PicturesSink& sink) {
  static Gate gate;
  try {
    try {
      const std::shared_lock shared(gate);
      work(request, sink);
    } catch (const VipsFailure&) {
      const std::lock_guard alone(gate);
      vips_error_clear();
      try {
        work(request, sink);
      } catch (const VipsFailure&) {
        sink.refuse(sink.context, one_line(vips_error_buffer()).c_str());
        vips_error_clear();
      }
    }
  } catch (const Refusal& refusal) {
    sink.refuse(sink.context, refusal.reason.c_str());
  } catch (const std::bad_alloc&) {
    sink.refuse(sink.context, nullptr);
  }
  vips_thread_shutdown();
}

bool start() {
  constexpr int kAll = G_LOG_LEVEL_MASK | G_LOG_FLAG_FATAL | G_LOG_FLAG_RECURSION;
  g_log_set_handler(
      "VIPS", static_cast<GLogLevelFlags>(kAll),
      [](const char*, GLogLevelFlags, const char*, void*) {}, nullptr);
  if (vips_init("weft") != 0) return false;
  vips_concurrency_set(1);  // callers have threads of their own
  vips_cache_set_max(0);    // nothing is done twice
  vips_block_untrusted_set(TRUE);
#ifdef WEFT_SANITIZED
  std::atexit(vips_shutdown);  // the search for leaks stumbles over threads that wait for work
#endif
  return true;
}

}  // namespace
}  // namespace weft

extern "C" __attribute__((visibility("default"))) const weft::PicturesModule* weft_pictures() {
  static constexpr weft::PicturesModule kModule{
      weft::kPicturesVersion,
      [](const auto* request, const auto* sink) {
        weft::answer(weft::decode_with_vips, *request, *sink);
      },
      [](const auto* request, const auto* sink) {
        weft::answer(weft::encode_png_with_vips, *request, *sink);
      }};
  static const bool started = weft::start();
  return started ? &kModule : nullptr;
}
