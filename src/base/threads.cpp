#include "base/threads.hpp"

#include <algorithm>
#include <cstdlib>

#if defined(__SSE2__)
#include <immintrin.h>
#endif

namespace weft {
namespace {

// How long a thread looks before it sleeps: some hundreds of microseconds, longer than the gaps
// between the loops of a training step, since waking up costs tens of them.
constexpr int kLooks = 20000;

constexpr std::uint64_t kNoIteration = 0xffffffff;

void pause_briefly() {
#if defined(__SSE2__)
  _mm_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

// Waits until value is not `old`.
void wait_for_change(const std::atomic<std::uint32_t>& value, std::uint32_t old) {
  for (int i = 0; i < kLooks; ++i) {
    if (value.load(std::memory_order_acquire) != old) return;
    pause_briefly();
  }
  value.wait(old, std::memory_order_acquire);
}

}  // namespace

int default_threads() {
  constexpr long kMost = 1024;
  const char* asked = std::getenv("OMP_NUM_THREADS");
  const long threads = asked ? std::strtol(asked, nullptr, 10) : 0;
  if (threads > 0) return static_cast<int>(std::min(threads, kMost));
  return static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
}

ThreadPool::ThreadPool(int threads) {
  for (int i = 1; i < threads; ++i) workers_.emplace_back([this, i] { work(i); });
}

ThreadPool::~ThreadPool() {
  stop_ = true;
  ++loops_;
  loops_.notify_all();
  for (std::thread& worker : workers_) worker.join();
}

void ThreadPool::share(std::size_t n, const void* context, Call call) {
  const std::uint64_t loop = ((ticket_ >> 32) + 1) << 32;
  ticket_ = loop | kNoIteration;  // so that nobody takes one while the fields change
  n_ = n;
  context_ = context;
  call_ = call;
  left_ = static_cast<std::uint32_t>(n);
  ticket_ = loop;
  ++loops_;
  loops_.notify_all();
  while (take_one(0)) {
  }
  for (std::uint32_t left = left_; left != 0; left = left_) wait_for_change(left_, left);
}

bool ThreadPool::take_one(int thread) {
  std::uint64_t ticket = ticket_;
  const std::size_t n = n_;
  const void* context = context_;
  const Call call = call_;
  const std::size_t i = ticket & kNoIteration;
  if (i >= n) return false;
  // Lost to another thread, or to the next loop: look again.
  if (!ticket_.compare_exchange_strong(ticket, ticket + 1)) return true;
  call(context, i, thread);
  if (--left_ == 0) left_.notify_one();
  return true;
}

void ThreadPool::work(int thread) {
  const FlushDenormals flush;
  std::uint32_t seen = 0;
  while (!stop_) {
    while (take_one(thread)) {
    }
    wait_for_change(loops_, seen);
    seen = loops_;
  }
}

#if defined(__SSE2__)
FlushDenormals::FlushDenormals() : before_(_mm_getcsr()) {
  constexpr unsigned kFlushToZero = 0x8000, kDenormalsAreZero = 0x0040;
  _mm_setcsr(static_cast<unsigned>(before_) | kFlushToZero | kDenormalsAreZero);
}
FlushDenormals::~FlushDenormals() {
  _mm_setcsr(static_cast<unsigned>(before_));
}
#elif defined(__aarch64__)
FlushDenormals::FlushDenormals() {
  asm volatile("mrs %0, fpcr" : "=r"(before_));
  asm volatile("msr fpcr, %0" ::"r"(before_ | std::uint64_t{1} << 24));
}
FlushDenormals::~FlushDenormals() {
  asm volatile("msr fpcr, %0" ::"r"(before_));
}
#else
FlushDenormals::FlushDenormals() = default;
FlushDenormals::~FlushDenormals() = default;
#endif

}  // namespace weft
