// The practical limit of a book by price level: a flat ladder; and what is usually written: std::map.
//   l2Books ladder|map FOLDER
#include "flatFiles.hpp"
#include "ladder.hpp"
#include <functional>
#include <map>

enum Flag : int8_t { SNAPSHOT_START = 1, MESSAGE_END = 4 };

class MapBook {
public:
  void set(int32_t side, int32_t price, int32_t size) {
    if (side > 0) change(bids, price, size);
    else change(asks, price, size);
  }
  void clear() {
    bids.clear();
    asks.clear();
  }
  int32_t bestBid() const { return bids.empty() ? 0 : bids.begin()->first; }
  int32_t bestAsk() const { return asks.empty() ? 0 : asks.begin()->first; }

private:
  std::map<int32_t, int32_t, std::greater<int32_t>> bids;
  std::map<int32_t, int32_t> asks;
  template <class Levels> static void change(Levels &levels, int32_t price, int32_t size) {
    if (size == 0) levels.erase(price);
    else levels[price] = size;
  }
};

struct Columns {
  std::vector<int32_t> price, size;
  std::vector<int8_t> side, flags;
};

template <class Book> TouchSum replay(const Columns &columns, size_t rows) {
  Book book;
  TouchSum touch;
  const int32_t *price = columns.price.data();
  const int32_t *size = columns.size.data();
  const int8_t *side = columns.side.data();
  const int8_t *flags = columns.flags.data();
  for (size_t row = 0; row < rows; row++) {
    if (__builtin_expect((flags[row] & SNAPSHOT_START) != 0, 0)) book.clear();
    book.set(side[row], price[row], size[row]);
    if ((flags[row] & MESSAGE_END) != 0) touch.add(book.bestBid(), book.bestAsk());
  }
  return touch;
}

template <class Book> void measure(const Columns &columns) {
  const size_t rows = columns.price.size();
  replay<Book>(columns, rows < 2'000'000 ? rows : 2'000'000);
  const double start = cpuSeconds();
  const TouchSum touch = replay<Book>(columns, rows);
  printResult(cpuSeconds() - start, touch);
}

int main(int count, char **arguments) {
  if (count != 3) {
    fprintf(stderr, "l2Books ladder|map FOLDER\n");
    return 1;
  }
  const std::string folder = arguments[2];
  const Columns columns{readColumn<int32_t>(folder, "price.i32"), readColumn<int32_t>(folder, "size.i32"),
                        readColumn<int8_t>(folder, "side.i8"), readColumn<int8_t>(folder, "flags.i8")};
  if (std::string(arguments[1]) == "ladder") measure<Ladder<int32_t>>(columns);
  else measure<MapBook>(columns);
}
