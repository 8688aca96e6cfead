// Hopper's asynchronous instructions, one function each: mbarriers, the tensor memory accelerator (TMA),
// wgmma, stmatrix, clusters. Only for code compiled for sm_90a. PTX ISA 8.0 names are in the comments.
#pragma once

#include <cuda.h>
#include <cuda_bf16.h>
#include <cuda_fp16.h>
#include <cuda_fp8.h>

#include <cstdint>

#if defined(__CUDA_ARCH_FEAT_SM90_ALL)

namespace cuparity::device::hopper {

// Shared memory is addressed by 32-bit offsets in the block's window; the same offset means the same
// place in every block of a cluster.

__device__ inline std::uint32_t shared_address(const void* pointer) {
  return static_cast<std::uint32_t>(__cvta_generic_to_shared(pointer));
}

__device__ inline void barrier_init(std::uint32_t barrier, unsigned arrivals) {
  asm volatile("mbarrier.init.shared::cta.b64 [%0], %1;" ::"r"(barrier), "r"(arrivals) : "memory");
}

/// Makes initialised barriers visible to the cluster and to the TMA.
__device__ inline void fence_barrier_init() {
  asm volatile("fence.mbarrier_init.release.cluster;" ::: "memory");
}

/// Arrives once and announces `bytes` bytes that copies will bring; the phase ends when both are complete.
__device__ inline void barrier_arrive_expecting(std::uint32_t barrier, unsigned bytes) {
  asm volatile("mbarrier.arrive.expect_tx.shared::cta.b64 _, [%0], %1;" ::"r"(barrier), "r"(bytes)
               : "memory");
}

/// Arrives at the barrier of the same offset in block `rank` of the cluster. What it hands over are places
/// that wgmma has finished reading, no writes, so the default scope (the block) is enough: releasing at
/// cluster scope costs a GPU-wide memory fence, hundreds of cycles, each time.
__device__ inline void barrier_arrive_at(std::uint32_t barrier, unsigned rank) {
  asm volatile(
      "{\n"
      ".reg .b32 remote;\n"
      "mapa.shared::cluster.u32 remote, %0, %1;\n"
      "mbarrier.arrive.shared::cluster.b64 _, [remote];\n"
      "}\n" ::"r"(barrier),
      "r"(rank)
      : "memory");
}

__device__ inline bool barrier_try_wait(std::uint32_t barrier, unsigned parity) {
  std::uint32_t complete;
  asm volatile(
      "{\n"
      ".reg .pred complete;\n"
      "mbarrier.try_wait.parity.shared::cta.b64 complete, [%1], %2;\n"
      "selp.u32 %0, 1, 0, complete;\n"
      "}\n"
      : "=r"(complete)
      : "r"(barrier), "r"(parity)
      : "memory");
  return complete != 0;
}

__device__ inline std::uint64_t nanoseconds() {
  std::uint64_t time;
  asm volatile("mov.u64 %0, %globaltimer;" : "=l"(time));
  return time;
}

/// Waits until the phase of `parity` has completed. A barrier that never completes is a programming
/// error: after 20 seconds a store to address 0 ends the kernel, so that it costs one process and not the GPU.
/// Not a trap: where a kernel may end in the middle, ptxas 13.0 forgets what setmaxnreg has granted and spills.
__device__ inline void barrier_wait(std::uint32_t barrier, unsigned parity) {
  std::uint64_t start = 0;
  for (unsigned polls = 1; !barrier_try_wait(barrier, parity); ++polls) {
    if (polls % 1024 != 0) continue;
    const std::uint64_t now = nanoseconds();
    if (start == 0) start = now;
    if (now - start > 20000000000ull) asm volatile("st.global.u32 [%0], 0;" ::"l"(0ull) : "memory");
  }
}

/// Block rank in the cluster.
__device__ inline unsigned cluster_rank() {
  unsigned rank;
  asm volatile("mov.u32 %0, %cluster_ctarank;" : "=r"(rank));
  return rank;
}

/// Barrier over all threads of all blocks of the cluster.
__device__ inline void cluster_synchronize() {
  asm volatile(
      "barrier.cluster.arrive.release;\n"
      "barrier.cluster.wait.acquire;\n" ::
          : "memory");
}

/// Barrier `id` (1 to 15) over `threads` threads of the block.
__device__ inline void named_barrier(unsigned id, unsigned threads) {
  asm volatile("bar.sync %0, %1;" ::"r"(id), "r"(threads) : "memory");
}

__device__ inline void prefetch_tensor_map(const CUtensorMap* map) {
  asm volatile("prefetch.tensormap [%0];" ::"l"(map) : "memory");
}

/// Copies the map's box at (x, y), x along the contiguous dimension, to this block's shared memory and
/// reports its bytes to `barrier`. What lies outside the matrix arrives as zero and counts as bytes too.
__device__ inline void copy_box_in(const CUtensorMap* map, std::uint32_t target, std::uint32_t barrier,
                                   int x, int y) {
  asm volatile(
      "cp.async.bulk.tensor.2d.shared::cluster.global.mbarrier::complete_tx::bytes "
      "[%0], [%1, {%3, %4}], [%2];" ::"r"(target), "l"(map), "r"(barrier), "r"(x), "r"(y)
      : "memory");
}

/// The same to every block of the cluster whose bit is set in `blocks`, at the same offset, each block's
/// own barrier of that offset being told.
__device__ inline void copy_box_in_multicast(const CUtensorMap* map, std::uint32_t target,
                                             std::uint32_t barrier, int x, int y, std::uint16_t blocks) {
  asm volatile(
      "cp.async.bulk.tensor.2d.shared::cluster.global.mbarrier::complete_tx::bytes.multicast::cluster "
      "[%0], [%1, {%3, %4}], [%2], %5;" ::"r"(target), "l"(map), "r"(barrier), "r"(x), "r"(y), "h"(blocks)
      : "memory");
}

/// Copies a box from shared memory to the matrix; what lies outside is dropped. Part of the thread's
/// current bulk group.
__device__ inline void copy_box_out(const CUtensorMap* map, std::uint32_t source, int x, int y) {
  asm volatile("cp.async.bulk.tensor.2d.global.shared::cta.bulk_group [%0, {%2, %3}], [%1];" ::"l"(map),
               "r"(source), "r"(x), "r"(y)
               : "memory");
}

__device__ inline void commit_copies_out() { asm volatile("cp.async.bulk.commit_group;" ::: "memory"); }

/// Waits until all but the thread's `pending` newest groups have read their shared memory.
template <int pending>
__device__ inline void wait_until_read() {
  asm volatile("cp.async.bulk.wait_group.read %0;" ::"n"(pending) : "memory");
}

/// Orders this thread's ordinary writes to shared memory before later reads by TMA and wgmma.
__device__ inline void fence_shared_for_copies() {
  asm volatile("fence.proxy.async.shared::cta;" ::: "memory");
}

/// Stores four 8 x 8 matrices of 16-bit elements; lane 8 * q + r names row r of matrix q (16 bytes), and
/// register q holds, in each lane, two neighbours of row lane / 4.
__device__ inline void store_matrices(std::uint32_t row, std::uint32_t r0, std::uint32_t r1, std::uint32_t r2,
                                      std::uint32_t r3) {
  asm volatile("stmatrix.sync.aligned.m8n8.x4.shared::cta.b16 [%0], {%1, %2, %3, %4};" ::"r"(row), "r"(r0),
               "r"(r1), "r"(r2), "r"(r3)
               : "memory");
}

/// Stores two of them; lanes 0 to 15 name the rows.
__device__ inline void store_matrices(std::uint32_t row, std::uint32_t r0, std::uint32_t r1) {
  asm volatile("stmatrix.sync.aligned.m8n8.x2.shared::cta.b16 [%0], {%1, %2};" ::"r"(row), "r"(r0), "r"(r1) : "memory");
}

template <int registers>
__device__ inline void lower_register_limit() {
  asm volatile("setmaxnreg.dec.sync.aligned.u32 %0;" ::"n"(registers));
}

template <int registers>
__device__ inline void raise_register_limit() {
  asm volatile("setmaxnreg.inc.sync.aligned.u32 %0;" ::"n"(registers));
}

/// Matrix descriptor of a tile in shared memory for wgmma: rows of 128 bytes along k, 128-byte swizzle, the
/// tile aligned to 1024 bytes. Bits 0-13: address / 16; 16-29: leading offset, unused with this swizzle;
/// 32-45: bytes between groups of eight rows / 16; 62-63: 1 is the 128-byte swizzle. A step along k inside
/// the 128 bytes adds its bytes / 16 to the address.
__device__ inline std::uint64_t tile_descriptor(std::uint32_t address) {
  return static_cast<std::uint64_t>((address & 0x3ffff) >> 4) | std::uint64_t{1} << 16 |
         std::uint64_t{1024 >> 4} << 32 | std::uint64_t{1} << 62;
}

/// Orders accesses to the accumulators before the wgmmas that follow.
__device__ inline void wgmma_fence() { asm volatile("wgmma.fence.sync.aligned;" ::: "memory"); }
__device__ inline void wgmma_commit() { asm volatile("wgmma.commit_group.sync.aligned;" ::: "memory"); }

/// Waits until at most `pending` groups of wgmmas are under way.
template <int pending>
__device__ inline void wgmma_wait() {
  asm volatile("wgmma.wait_group.sync.aligned %0;" ::"n"(pending) : "memory");
}

/// d (64 x N, fp32) = a * b + (accumulate ? d : 0), where a is 64 rows and b N columns, 256 or 200, of 32 bytes along k:
/// 16 elements of 16 bits or 32 of 8 bits. fp8 sums as the tensor core does by itself, with fewer bits than fp32 has:
/// what cuBLASLt calls fast accumulation.
/// In warp w of the warpgroup, lane l, d[4 * j + 2 * h + e] is row 16 * w + 8 * h + l / 4, column
/// 8 * j + l % 4 * 2 + e.
#define CUPARITY_SUMS_4(i) "+f"(d[i]), "+f"(d[i + 1]), "+f"(d[i + 2]), "+f"(d[i + 3])
#define CUPARITY_SUMS_20(i) \
  CUPARITY_SUMS_4(i), CUPARITY_SUMS_4(i + 4), CUPARITY_SUMS_4(i + 8), CUPARITY_SUMS_4(i + 12), CUPARITY_SUMS_4(i + 16)
#define CUPARITY_SUMS_100 \
  CUPARITY_SUMS_20(0), CUPARITY_SUMS_20(20), CUPARITY_SUMS_20(40), CUPARITY_SUMS_20(60), CUPARITY_SUMS_20(80)
#define CUPARITY_SUMS_128 CUPARITY_SUMS_100, CUPARITY_SUMS_20(100), CUPARITY_SUMS_4(120), CUPARITY_SUMS_4(124)
#define CUPARITY_NAMES_100 \
  "%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15" \
  ", %16, %17, %18, %19, %20, %21, %22, %23, %24, %25, %26, %27, %28, %29, %30, %31" \
  ", %32, %33, %34, %35, %36, %37, %38, %39, %40, %41, %42, %43, %44, %45, %46, %47" \
  ", %48, %49, %50, %51, %52, %53, %54, %55, %56, %57, %58, %59, %60, %61, %62, %63" \
  ", %64, %65, %66, %67, %68, %69, %70, %71, %72, %73, %74, %75, %76, %77, %78, %79" \
  ", %80, %81, %82, %83, %84, %85, %86, %87, %88, %89, %90, %91, %92, %93, %94, %95" \
  ", %96, %97, %98, %99"
#define CUPARITY_NAMES_128 \
  CUPARITY_NAMES_100 \
  ", %100, %101, %102, %103, %104, %105, %106, %107, %108, %109, %110, %111, %112, %113" \
  ", %114, %115, %116, %117, %118, %119, %120, %121, %122, %123, %124, %125, %126, %127"
#define CUPARITY_MULTIPLY(sums, a_name, b_name, accumulate_name, shape, element, type, major)                      \
  __device__ inline void multiply_64_rows(float (&d)[sums], std::uint64_t a, std::uint64_t b, int accumulate,      \
                                          element) {                                                               \
    asm volatile(                                                                                                  \
        "{\n"                                                                                                      \
        ".reg .pred accumulate;\n"                                                                                 \
        "setp.ne.b32 accumulate, " accumulate_name ", 0;\n"                                                        \
        "wgmma.mma_async.sync.aligned." shape ".f32." type "." type " {" CUPARITY_NAMES_##sums "}, " a_name        \
        ", " b_name ", accumulate, 1, 1" major ";\n"                                                               \
        "}\n"                                                                                                      \
        : CUPARITY_SUMS_##sums                                                                                     \
        : "l"(a), "l"(b), "r"(accumulate));                                                                        \
  }
#define CUPARITY_MULTIPLY_256(...) CUPARITY_MULTIPLY(128, "%128", "%129", "%130", __VA_ARGS__)
#define CUPARITY_MULTIPLY_200(...) CUPARITY_MULTIPLY(100, "%100", "%101", "%102", __VA_ARGS__)
// A and B both along k: 16-bit types say so, 8-bit types know nothing else.
CUPARITY_MULTIPLY_256("m64n256k16", __nv_bfloat16, "bf16", ", 0, 0")
CUPARITY_MULTIPLY_256("m64n256k16", __half, "f16", ", 0, 0")
CUPARITY_MULTIPLY_256("m64n256k32", __nv_fp8_e4m3, "e4m3", "")
CUPARITY_MULTIPLY_200("m64n200k16", __nv_bfloat16, "bf16", ", 0, 0")
CUPARITY_MULTIPLY_200("m64n200k16", __half, "f16", ", 0, 0")
CUPARITY_MULTIPLY_200("m64n200k32", __nv_fp8_e4m3, "e4m3", "")
#undef CUPARITY_MULTIPLY_256
#undef CUPARITY_MULTIPLY_200
#undef CUPARITY_MULTIPLY
#undef CUPARITY_NAMES_100
#undef CUPARITY_NAMES_128
#undef CUPARITY_SUMS_128
#undef CUPARITY_SUMS_100
#undef CUPARITY_SUMS_20
#undef CUPARITY_SUMS_4

/// Keeps the compiler from moving uses of the accumulators across: it does not see the asynchronous writes.
template <int count>
__device__ inline void pin(float (&d)[count]) {
#pragma unroll
  for (int i = 0; i < count; ++i) asm volatile("" : "+f"(d[i])::"memory");
}

}  // namespace cuparity::device::hopper

#endif
