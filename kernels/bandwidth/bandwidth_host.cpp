// STREAM on the CPU. The bound is bytes: an ordinary store first reads the line that it overwrites, which
// STREAM does not count. Non-temporal stores, whole 64-byte lines at a time, spare that read, and huge pages
// (host::Array) spare most misses of the address translation. 16-byte vectors suffice: the memory is slower.
#include "kernels/bandwidth/bandwidth_host.hpp"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <string>

#include "kernels/bandwidth/stream_reference.hpp"
#include "kernels/digest.hpp"

namespace cuparity::host {
namespace {

using Pack = double __attribute__((vector_size(16)));
using WordPack = std::uint64_t __attribute__((vector_size(16)));

constexpr std::size_t line_bytes = 64;
constexpr std::size_t line_elements = line_bytes / sizeof(double);
constexpr std::size_t pack_elements = sizeof(Pack) / sizeof(double);

Pack load(const double* source) {
  Pack pack;
  std::memcpy(&pack, source, sizeof pack);
  return pack;
}

/// `target` is aligned to 16 bytes.
void store_past_cache(double* target, Pack pack) {
#ifdef __SSE2__
  _mm_stream_pd(target, pack);
#else
  std::memcpy(target, &pack, sizeof pack);
#endif
}

/// Non-temporal stores are not ordered with later ones until then.
void fence() {
#ifdef __SSE2__
  _mm_sfence();
#endif
}

// What each operation makes of elements or packs; `first` is the index of the (first) element.
struct Copy {
  template <typename V>
  V operator()(const double* x, const double*, std::size_t first, V (*fetch)(const double*)) const {
    return fetch(x + first);
  }
};
struct Scale {
  template <typename V>
  V operator()(const double* x, const double*, std::size_t first, V (*fetch)(const double*)) const {
    return stream_scalar<double> * fetch(x + first);
  }
};
struct Add {
  template <typename V>
  V operator()(const double* x, const double* y, std::size_t first, V (*fetch)(const double*)) const {
    return fetch(x + first) + fetch(y + first);
  }
};
struct Triad {
  template <typename V>
  V operator()(const double* x, const double* y, std::size_t first, V (*fetch)(const double*)) const {
    return fetch(x + first) + stream_scalar<double> * fetch(y + first);
  }
};

double element(const double* source) { return *source; }

std::size_t elements_to_line(const double* target) {
  const auto past = reinterpret_cast<std::uintptr_t>(target) % line_bytes;
  return past == 0 ? 0 : (line_bytes - past) / sizeof(double);
}

template <typename Operation>
void elementwise_chunk(Operation operation, const double* x, const double* y, double* z, std::size_t begin,
                       std::size_t end) {
  std::size_t i = begin;
  for (const std::size_t head = std::min(end, begin + elements_to_line(z + begin)); i < head; ++i)
    z[i] = operation(x, y, i, element);
  for (; i + line_elements <= end; i += line_elements)
    for (std::size_t in_line = 0; in_line < line_elements; in_line += pack_elements)
      store_past_cache(z + i + in_line, operation(x, y, i + in_line, load));
  for (; i < end; ++i) z[i] = operation(x, y, i, element);
}

void store_pattern(double* target, std::uint64_t index) {
  const std::uint64_t word = write_pattern64(index);
  std::memcpy(target, &word, sizeof word);
}

void write_chunk(double* z, std::size_t begin, std::size_t end) {
  std::size_t i = begin;
  for (const std::size_t head = std::min(end, begin + elements_to_line(z + begin)); i < head; ++i)
    store_pattern(z + i, i);
  WordPack words = {write_pattern64(i), write_pattern64(i + 1)};
  for (; i + line_elements <= end; i += line_elements)
    for (std::size_t in_line = 0; in_line < line_elements; in_line += pack_elements) {
      Pack pack;
      std::memcpy(&pack, &words, sizeof pack);
      store_past_cache(z + i + in_line, pack);
      words += pack_elements * pattern_step64;
    }
  for (; i < end; ++i) store_pattern(z + i, i);
}

/// Calls work(begin, end) for every chunk, on the core that touched it first.
template <typename Work>
void for_each_chunk(std::size_t count, const Work& work) {
#pragma omp parallel if (count > chunk_elements)
  {
#pragma omp for schedule(static) nowait
    for (std::size_t chunk = 0; chunk < chunks_of(count); ++chunk)
      work(chunk * chunk_elements, std::min(count, (chunk + 1) * chunk_elements));
    fence();
  }
}

template <typename Operation>
void elementwise(Operation operation, const double* x, const double* y, double* z, std::size_t count) {
  for_each_chunk(count, [=](std::size_t begin, std::size_t end) {
    elementwise_chunk(operation, x, y, z, begin, end);
  });
}

double dot_chunk(const double* x, const double* y, std::size_t begin, std::size_t end) {
  constexpr std::size_t packs = 8;
  Pack sums[packs] = {};
  std::size_t i = begin;
  for (; i + packs * pack_elements <= end; i += packs * pack_elements)
    for (std::size_t p = 0; p < packs; ++p)
      sums[p] += load(x + i + p * pack_elements) * load(y + i + p * pack_elements);
  for (std::size_t p = 1; p < packs; ++p) sums[0] += sums[p];
  double sum = sums[0][0] + sums[0][1];
  for (; i < end; ++i) sum += x[i] * y[i];
  return sum;
}

/// One STREAM operation with its arrays.
class StreamExecution final : public Execution {
 public:
  explicit StreamExecution(const StreamProblem& problem) : problem_(problem) {
    const int inputs = input_arrays(problem.operation);
    if (inputs >= 1) fill(x_storage_, x_, problem.offsets.x, x_seed);
    if (inputs >= 2) fill(y_storage_, y_, problem.offsets.y, y_seed);
    if (is_reduction(problem.operation)) return;
    z_storage_ = Array<double>(problem.count + problem.offsets.z);
    z_ = z_storage_.data() + problem.offsets.z;
    // The first touch decides which memory a page lies in: by the chunks that run() will write.
    for_each_chunk(problem.count, [this](std::size_t begin, std::size_t end) {
      std::memset(z_ + begin, 0xff, (end - begin) * sizeof(double));
    });
  }

  void run() override {
    if (problem_.operation == StreamOperation::read) {
      checksum_ = stream_read(x_, problem_.count);
    } else if (problem_.operation == StreamOperation::dot) {
      dot_ = stream_dot(x_, y_, problem_.count, chunk_sums_);
    } else {
      stream_elementwise(problem_.operation, x_, y_, z_, problem_.count);
    }
  }

  Verification verify() override {
    poison(&checksum_, sizeof checksum_);
    poison(&dot_, sizeof dot_);
    poison(z_, bytes(z_));
    run();
    Verification verification;
    if (problem_.operation == StreamOperation::read) {
      verification = compare_checksum(checksum_, expected_checksum<double>(problem_.count));
      verification.digest = digest_bytes(&checksum_, sizeof checksum_);
    } else if (problem_.operation == StreamOperation::dot) {
      verification = compare_dot(dot_, problem_.count, stream_dot_roundings(problem_.count));
      verification.digest = digest_bytes(&dot_, sizeof dot_);
    } else {
      verification = compare_stream_output(problem_.operation, z_, problem_.count);
      verification.digest = digest(z_, bytes(z_));
    }
    return verification;
  }

  /// What a reader of the figure has to know: STREAM asks for arrays of at least four times the cache.
  std::string algorithm() const override {
#ifdef __SSE2__
    const std::string stores = is_reduction(problem_.operation) ? "" : "non-temporal stores";
#else
    const std::string stores = is_reduction(problem_.operation) ? "" : "ordinary stores";
#endif
    const std::size_t cache = last_level_cache_bytes();
    const std::size_t array = problem_.count * sizeof(double);
    if (array >= 4 * cache) return stores;
    return stores + (stores.empty() ? "" : ", ") + "arrays of " + std::to_string(array >> 20) +
           " MiB are smaller than 4 x the last-level cache of " + std::to_string(cache >> 20) + " MiB";
  }

 private:
  void fill(Array<double>& storage, const double*& array, std::size_t offset, std::uint64_t seed) const {
    storage = Array<double>(problem_.count + offset);
    fill_random(storage.data() + offset, problem_.count, seed);
    array = storage.data() + offset;
  }
  std::size_t bytes(const double* array) const {
    return array == nullptr ? 0 : problem_.count * sizeof(double);
  }

  StreamProblem problem_;
  Array<double> x_storage_, y_storage_, z_storage_;
  const double* x_ = nullptr;
  const double* y_ = nullptr;
  double* z_ = nullptr;
  std::vector<double> chunk_sums_;
  std::uint64_t checksum_ = 0;
  double dot_ = 0;
};

}  // namespace

void stream_elementwise(StreamOperation operation, const double* x, const double* y, double* z,
                        std::size_t count) {
  switch (operation) {
    case StreamOperation::write:
      return for_each_chunk(count, [z](std::size_t begin, std::size_t end) { write_chunk(z, begin, end); });
    case StreamOperation::copy: return elementwise(Copy{}, x, y, z, count);
    case StreamOperation::scale: return elementwise(Scale{}, x, y, z, count);
    case StreamOperation::add: return elementwise(Add{}, x, y, z, count);
    case StreamOperation::triad: return elementwise(Triad{}, x, y, z, count);
    case StreamOperation::read:
    case StreamOperation::dot: break;
  }
  throw std::invalid_argument("stream_elementwise: " + std::string(to_string(operation)) +
                              " is a reduction");
}

std::uint64_t stream_read(const double* x, std::size_t count) {
  std::uint64_t sum = 0;
#pragma omp parallel for schedule(static) reduction(+ : sum) if (count > chunk_elements)
  for (std::size_t chunk = 0; chunk < chunks_of(count); ++chunk) {
    const std::size_t end = std::min(count, (chunk + 1) * chunk_elements);
    std::uint64_t own = 0;
    for (std::size_t i = chunk * chunk_elements; i < end; ++i) {
      std::uint64_t word;
      std::memcpy(&word, x + i, sizeof word);
      own += word;
    }
    sum += own;
  }
  return sum;
}

double stream_dot(const double* x, const double* y, std::size_t count, std::vector<double>& chunk_sums) {
  chunk_sums.resize(chunks_of(count));
  for_each_chunk(count, [&](std::size_t begin, std::size_t end) {
    chunk_sums[begin / chunk_elements] = dot_chunk(x, y, begin, end);
  });
  double sum = 0;
  for (const double chunk_sum : chunk_sums) sum += chunk_sum;
  return sum;
}

std::unique_ptr<Execution> prepare_stream(const StreamProblem& problem) {
  return std::make_unique<StreamExecution>(problem);
}

}  // namespace cuparity::host
