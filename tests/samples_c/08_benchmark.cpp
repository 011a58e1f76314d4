// From a text about what Python does with memory: section "Benchmark: Stack vs Heap Allocation (C++)".
// adapted: main() added; after the text's two functions (verbatim), the same two with a result the compiler must keep
#include <chrono>
#include <iostream>
#include <memory>

void benchmark_stack() {
    auto start = std::chrono::high_resolution_clock::now();
    for (int i = 0; i < 1000000; i++) {
        int x = 42;  // Stack allocation
    }
    auto end = std::chrono::high_resolution_clock::now();
    std::cout << "C++ stack: "
              << std::chrono::duration_cast<std::chrono::microseconds>(end - start).count()
              << " μs\n";
}

void benchmark_heap() {
    auto start = std::chrono::high_resolution_clock::now();
    for (int i = 0; i < 1000000; i++) {
        auto x = std::make_unique<int>(42);  // Heap allocation
    }
    auto end = std::chrono::high_resolution_clock::now();
    std::cout << "C++ heap: "
              << std::chrono::duration_cast<std::chrono::milliseconds>(end - start).count()
              << " ms\n";
}

// --- added: the compiler may not drop these -----------------------------------------------------
template <class T> inline void keep(T *p) { asm volatile("" : : "g"(p) : "memory"); }
static double ns(std::chrono::high_resolution_clock::time_point a) {
    return std::chrono::duration<double, std::nano>(std::chrono::high_resolution_clock::now() - a).count();
}
int main() {
    benchmark_stack();
    benchmark_heap();
    const int n = 1000000;
    double stack = 1e18, heap = 1e18;
    for (int r = 0; r < 7; r++) {
        auto a = std::chrono::high_resolution_clock::now();
        for (int i = 0; i < n; i++) { int x = 42; keep(&x); }
        stack = std::min(stack, ns(a));
        a = std::chrono::high_resolution_clock::now();
        for (int i = 0; i < n; i++) { auto x = std::make_unique<int>(42); keep(x.get()); }
        heap = std::min(heap, ns(a));
    }
    std::cout << "kept stack: " << stack / n << " ns each\nkept heap: " << heap / n << " ns each\nratio: " << heap / stack << "\n";
}
