// Reads the columns that test/bench/peers/bookFiles.ts and orderFiles.ts write: one file a column, little-endian, nothing but its values.
#pragma once
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <time.h>
#include <vector>

template <class T> std::vector<T> readColumn(const std::string &folder, const char *name) {
  const std::string path = folder + "/" + name;
  FILE *file = fopen(path.c_str(), "rb");
  if (file == nullptr) {
    fprintf(stderr, "%s cannot be read: write the streams first\n", path.c_str());
    exit(1);
  }
  fseek(file, 0, SEEK_END);
  std::vector<T> values(static_cast<size_t>(ftell(file)) / sizeof(T));
  rewind(file);
  if (fread(values.data(), sizeof(T), values.size(), file) != values.size()) {
    fprintf(stderr, "%s ended early\n", path.c_str());
    exit(1);
  }
  fclose(file);
  return values;
}

/** CPU time of the process, s. */
inline double cpuSeconds() {
  timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

/** The sum over the best prices in order that all contenders must agree on: see test/bench/peers/touchSum.ts. */
struct TouchSum {
  uint32_t sum = 0;
  uint32_t count = 0;
  void add(int32_t bid, int32_t ask) {
    count += 1;
    sum += (static_cast<uint32_t>(bid) * 31u + static_cast<uint32_t>(ask)) * (2u * count + 1u);
  }
};

inline void printResult(double seconds, const TouchSum &touch) {
  printf("{\"cpuSeconds\":%.9f,\"touchSum\":%u,\"messages\":%u,\"version\":\"g++ %s\"}\n", seconds, touch.sum, touch.count,
         __VERSION__);
}
