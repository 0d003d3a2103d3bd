// Work shared over the processor's cores, on OpenMP's pool.
#pragma once

#include <omp.h>

#include <cstddef>
#include <cstdint>

namespace weft {

// Threads to use when nobody says: $OMP_NUM_THREADS, else the processors this process may run on.
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

// Calls body(i, thread) for every i below n, thread in [0, threads); blocks of i go to threads in
// order. body must not throw. What it computes must not depend on `thread`, so that results do not
// depend on how many there are.
template <class Body>
void parallel_for(int threads, std::size_t n, const Body& body) {
#ifdef __SANITIZE_THREAD__
  threads = 1;  // the thread sanitizer does not understand libgomp's barriers
#endif
  if (threads <= 1 || n <= 1) {
    const FlushDenormals flush;
    for (std::size_t i = 0; i < n; ++i) body(i, 0);
    return;
  }
#pragma omp parallel num_threads(threads)
  {
    const FlushDenormals flush;
    const int thread = omp_get_thread_num();
#pragma omp for schedule(dynamic, 1)
    for (std::size_t i = 0; i < n; ++i) body(i, thread);
  }
}

}  // namespace weft
