// Levels of a book as two windows of ticks, one a side. A level's key is its price times the side, so that the best level of either side
// has the highest key. Three bitmaps, 64 to 1, find the next level; the best is read anew from the highest word after each update, which
// costs less than a branch that is hard to foresee. Keys below a window lie in an ordered map; a key above it moves the window.
#pragma once
#include <bit>
#include <cstdint>
#include <cstring>
#include <map>
#include <vector>

template <class Size> class Ladder {
public:
  static constexpr int32_t BITS = 18;
  static constexpr int32_t WINDOW = 1 << BITS;

  Ladder() : sizes(2 * WINDOW), words(2 * WINDOW / 64), groups(2 * WINDOW / 4096) { clear(); }

  void clear() {
    memset(sizes.data(), 0, sizes.size() * sizeof(Size));
    memset(words.data(), 0, words.size() * 8);
    memset(groups.data(), 0, groups.size() * 8);
    for (int side = 0; side < 2; side++) {
      low[side].clear();
      top[side] = -1;
      base[side] = INT32_MIN;
      best[side] = 0;
    }
  }

  /** Sets a level; size 0 deletes it. `side` is 1 for a bid, -1 for an ask. */
  inline void set(int32_t side, int32_t price, Size size) {
    const int32_t mirror = side >> 31;
    const int32_t index = -mirror;
    const int32_t key = (price ^ mirror) - mirror;
    const int32_t place = key - base[index];
    if (__builtin_expect(static_cast<uint32_t>(place) >= WINDOW, 0)) {
      setOutside(index, key, size);
      return;
    }
    setInside(index, place, size);
  }

  /** Best prices, 0 for an empty side. */
  int32_t bestBid() const { return best[0]; }
  int32_t bestAsk() const { return best[1]; }

private:
  std::vector<Size> sizes;
  /** A bit a level. */
  std::vector<uint64_t> words;
  /** A bit a word that is not 0. */
  std::vector<uint64_t> groups;
  /** The highest word of a side that is not 0, -1 for none. */
  int32_t top[2];
  int32_t base[2];
  int32_t best[2];
  std::map<int32_t, Size> low[2];

  static int32_t priceOf(int32_t index, int32_t key) { return index == 0 ? key : -key; }

  inline void setInside(int32_t index, int32_t place, Size size) {
    const int32_t slot = index * WINDOW + place;
    const int32_t own = place >> 6;
    const int32_t word = slot >> 6;
    const uint64_t bit = uint64_t{1} << (place & 63);
    const uint64_t before = words[word];
    const uint64_t after = size != 0 ? before | bit : before & ~bit;
    sizes[slot] = size;
    words[word] = after;
    if (__builtin_expect((before == 0) != (after == 0), 0)) {
      const uint64_t mark = uint64_t{1} << (word & 63);
      groups[word >> 6] = after == 0 ? groups[word >> 6] & ~mark : groups[word >> 6] | mark;
    }
    const int32_t reach = after != 0 ? own : -1;
    const int32_t highest = top[index] > reach ? top[index] : reach;
    top[index] = highest;
    if (__builtin_expect(highest < 0 || words[index * (WINDOW / 64) + highest] == 0, 0)) {
      findTop(index);
      return;
    }
    const uint64_t found = words[index * (WINDOW / 64) + highest];
    const int32_t key = base[index] + (highest << 6) + 63 - std::countl_zero(found);
    const int32_t mirror = -index;
    best[index] = (key ^ mirror) - mirror;
  }

  /** Finds the highest word again, from the one that was it down; takes the best from the map when the window is empty. */
  void findTop(int32_t index) {
    const int32_t first = index * (WINDOW / 4096);
    int32_t group = (WINDOW / 4096) - 1;
    while (group >= 0 && groups[first + group] == 0) group--;
    if (group < 0) {
      top[index] = -1;
      best[index] = low[index].empty() ? 0 : priceOf(index, low[index].rbegin()->first);
      return;
    }
    top[index] = (group << 6) + 63 - std::countl_zero(groups[first + group]);
    const uint64_t found = words[index * (WINDOW / 64) + top[index]];
    best[index] = priceOf(index, base[index] + (top[index] << 6) + 63 - std::countl_zero(found));
    // The window is kept where there is room below the best.
    if (top[index] < WINDOW / 64 / 8) moveTo(index, base[index] + (top[index] << 6));
  }

  void setOutside(int32_t index, int32_t key, Size size) {
    if (base[index] != INT32_MIN && key < base[index]) {
      if (size == 0) low[index].erase(key);
      else low[index][key] = size;
      if (top[index] < 0) best[index] = low[index].empty() ? 0 : priceOf(index, low[index].rbegin()->first);
      return;
    }
    if (size == 0) return;
    moveTo(index, key);
    setInside(index, key - base[index], size);
  }

  /** Puts the window where a key is at three quarters of it. */
  void moveTo(int32_t index, int32_t key) {
    std::map<int32_t, Size> levels = std::move(low[index]);
    low[index].clear();
    if (base[index] != INT32_MIN) {
      for (int32_t place = 0; place < WINDOW; place++) {
        const Size size = sizes[index * WINDOW + place];
        if (size != 0) levels[base[index] + place] = size;
      }
    }
    memset(&sizes[index * WINDOW], 0, WINDOW * sizeof(Size));
    memset(&words[index * (WINDOW / 64)], 0, WINDOW / 8);
    memset(&groups[index * (WINDOW / 4096)], 0, WINDOW / 512);
    top[index] = -1;
    best[index] = 0;
    base[index] = (key - WINDOW / 4 * 3) & ~63;
    for (const auto &[own, size] : levels) {
      if (own < base[index]) low[index][own] = size;
      else setInside(index, own - base[index], size);
    }
    if (top[index] < 0 && !low[index].empty()) best[index] = priceOf(index, low[index].rbegin()->first);
  }
};
