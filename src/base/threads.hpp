// Work shared over the processor's cores. docs/adr/0003-own-threads.md says why it is not OpenMP's.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <thread>
#include <vector>

namespace weft {

// Threads to use when nobody says: $OMP_NUM_THREADS, else the processors that this process may run
// on.
int default_threads();

// While one lives, this thread's arithmetic takes denormal numbers as zero: they cost a hundred
// times a normal one and carry nothing here.
class FlushDenormals {
 public:
  FlushDenormals();
  ~FlushDenormals();
  FlushDenormals(const FlushDenormals&) = delete;
  FlushDenormals& operator=(const FlushDenormals&) = delete;

 private:
  std::uint64_t before_ = 0;
};

// Threads that wait for loops to share. The one that asks works too, and waits only for iterations
// that others have begun: on a busy machine, where the others may not be scheduled at all, it does
// them all itself.
class ThreadPool {
 public:
  explicit ThreadPool(int threads);  // the caller's counts; at least 1
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int threads() const { return static_cast<int>(workers_.size()) + 1; }

  // Calls body(i, thread) once for every i below n, thread in [0, threads()), and returns when all
  // are done. body must not throw, nor use this pool; what it computes must not depend on `thread`,
  // so that results do not depend on how many there are. n is below 2^32 - 1. From one thread at a
  // time.
  template <class Body>
  void for_each(std::size_t n, const Body& body) {
    const FlushDenormals flush;
    if (n <= 1 || workers_.empty()) {
      for (std::size_t i = 0; i < n; ++i) body(i, 0);
      return;
    }
    share(n, &body, [](const void* context, std::size_t i, int thread) {
      (*static_cast<const Body*>(context))(i, thread);
    });
  }

 private:
  using Call = void (*)(const void* context, std::size_t i, int thread);

  void share(std::size_t n, const void* context, Call call);
  bool take_one(int thread);  // an iteration of the loop that is shared now, if one is left
  void work(int thread);

  // The loop that is shared. Its number stands in the upper half of ticket_ and its next iteration
  // in the lower: whoever moves ticket_ on by one has read the fields below for that very loop.
  std::atomic<std::uint64_t> ticket_{0};
  std::atomic<std::size_t> n_{0};
  std::atomic<const void*> context_{nullptr};
  std::atomic<Call> call_{nullptr};
  std::atomic<std::uint32_t> left_{0};   // iterations not done
  std::atomic<std::uint32_t> loops_{0};  // shared so far; waiting threads sleep on it
  std::atomic<bool> stop_{false};
  std::vector<std::thread> workers_;
};

// The same with threads of its own, for work that is long enough to start them.
template <class Body>
void parallel_for(int threads, std::size_t n, const Body& body) {
  ThreadPool(n < 2 ? 1 : threads).for_each(n, body);
}

}  // namespace weft
