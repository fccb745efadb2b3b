/**
 * What kernels in C stand on: vectors of the processor's width where the compiler has them (GCC's and Clang's vector extension), and
 * single numbers elsewhere.
 */
export const PRELUDE = `#if defined(__GNUC__) && !defined(MODEL_SCALAR)
#if defined(__AVX512F__)
#define WIDTH 16
#elif defined(__AVX__)
#define WIDTH 8
#elif defined(__SSE2__) || defined(__ARM_NEON) || defined(__wasm_simd128__)
#define WIDTH 4
#endif
#endif
#ifdef __GNUC__
#define INLINE static inline __attribute__((unused))
#else
#define INLINE static inline
#endif
#ifdef WIDTH
typedef float vec __attribute__((vector_size(4 * WIDTH)));
typedef int32_t mask __attribute__((vector_size(4 * WIDTH)));
typedef float loose __attribute__((vector_size(4 * WIDTH), aligned(4), may_alias));
#define UNROLL _Pragma("GCC unroll 64")
#define PICK(m, a, b) ((vec)(((mask)(a) & (m)) | ((mask)(b) & ~(m))))
INLINE vec vec_load(const float *p) { return *(const loose *)p; }
INLINE void vec_store(float *p, vec a) { *(loose *)p = a; }
typedef int8_t bytes __attribute__((vector_size(WIDTH), aligned(1), may_alias));
INLINE vec vec_load_bytes(const int8_t *p) { return __builtin_convertvector(*(const bytes *)p, vec); }
INLINE vec vec_of(float x) { return x - (vec){0}; }
INLINE vec vec_least(vec a, vec b) { return PICK(b < a, b, a); }
INLINE vec vec_most(vec a, vec b) { return PICK(a < b, b, a); }
#define EACH(name, call) INLINE vec name(vec a) { for (int i = 0; i < WIDTH; i++) a[i] = call(a[i]); return a; }
#define AT(a, i) (a)[i]
#else
#define WIDTH 1
typedef float vec;
#define UNROLL
INLINE vec vec_load(const float *p) { return *p; }
INLINE void vec_store(float *p, vec a) { *p = a; }
INLINE vec vec_load_bytes(const int8_t *p) { return *p; }
INLINE vec vec_of(float x) { return x; }
INLINE vec vec_least(vec a, vec b) { return b < a ? b : a; }
INLINE vec vec_most(vec a, vec b) { return a < b ? b : a; }
#define EACH(name, call) INLINE vec name(vec a) { return call(a); }
#define AT(a, i) (a)
#endif
EACH(vec_abs, fabsf)
EACH(vec_sqrt, sqrtf)
EACH(vec_exp, expf)
EACH(vec_log, logf)
EACH(vec_tanh, tanhf)
EACH(vec_erf, erff)
INLINE vec vec_pow(vec a, vec b) { for (int i = 0; i < WIDTH; i++) AT(a, i) = powf(AT(a, i), AT(b, i)); return a; }
/* The number in bits b that is number i of a table of such: from one byte where b divides 8, else from two. */
#define IN_BITS(t, i, b) ((int32_t)((8 % (b) == 0 ? (uint32_t)(t)[(uint32_t)(i) * (b) >> 3] : (uint32_t)(t)[(uint32_t)(i) * (b) >> 3] | (uint32_t)(t)[((uint32_t)(i) * (b) >> 3) + 1] << 8) >> ((uint32_t)(i) * (b) & 7) & ((1u << (b)) - 1u)))
/* Number i of a table whose periods of n numbers differ by a number each: the numbers of the first period, then what each period adds. */
#define IN_PERIODS(t, i, n) ((int32_t)(t)[(uint32_t)(i) % (n)] + (int32_t)(t)[(n) + (uint32_t)(i) / (n)])
INLINE float least(float a, float b) { return b < a ? b : a; }
INLINE float most(float a, float b) { return a < b ? b : a; }
`;
