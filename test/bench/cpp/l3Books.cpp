// The practical limit of a book by order: a flat hash of ids, orders and levels as records, a ladder of levels; and the same with
// std::unordered_map. Both keep the queue of each price.
//   l3Books flat|map FOLDER
#include "flatFiles.hpp"
#include "ladder.hpp"
#include <unordered_map>

enum Flag : int8_t { SNAPSHOT_START = 1, MESSAGE_END = 4 };
enum Action : int8_t { ADD = 1, MODIFY = 2, CANCEL = 3, EXECUTE = 4 };

/** Ids to numbers by linear probing, load at most one half, deletion by shifting back. Numbers are those of orders, which know their id. */
template <class Order> class FlatIndex {
public:
  explicit FlatIndex(const std::vector<Order> &orders) : orders(orders), places(1 << BITS, NONE) {}

  int32_t find(uint64_t id) const {
    for (uint32_t place = home(id);; place = (place + 1) & MASK) {
      const int32_t number = places[place];
      if (number == NONE || orders[number].id == id) return number;
    }
  }

  void insert(uint64_t id, int32_t number) {
    if (++count * 2 > places.size()) {
      fprintf(stderr, "more orders than the index was made for\n");
      exit(1);
    }
    uint32_t place = home(id);
    while (places[place] != NONE) place = (place + 1) & MASK;
    places[place] = number;
  }

  void erase(uint64_t id) {
    uint32_t hole = home(id);
    while (orders[places[hole]].id != id) hole = (hole + 1) & MASK;
    for (uint32_t place = (hole + 1) & MASK; places[place] != NONE; place = (place + 1) & MASK) {
      const uint32_t wanted = home(orders[places[place]].id);
      if (((place - wanted) & MASK) < ((place - hole) & MASK)) continue;
      places[hole] = places[place];
      hole = place;
    }
    places[hole] = NONE;
    count--;
  }

  void clear() {
    std::fill(places.begin(), places.end(), NONE);
    count = 0;
  }

private:
  static constexpr int BITS = 17;
  static constexpr uint32_t MASK = (1u << BITS) - 1;
  static constexpr int32_t NONE = -1;
  const std::vector<Order> &orders;
  std::vector<int32_t> places;
  size_t count = 0;
  static uint32_t home(uint64_t id) { return static_cast<uint32_t>((id * 0x9e3779b97f4a7c15ull) >> (64 - BITS)); }
};

template <class Order> class MapIndex {
public:
  explicit MapIndex(const std::vector<Order> &) {}
  int32_t find(uint64_t id) const {
    const auto found = numbers.find(id);
    return found == numbers.end() ? -1 : found->second;
  }
  void insert(uint64_t id, int32_t number) { numbers[id] = number; }
  void erase(uint64_t id) { numbers.erase(id); }
  void clear() { numbers.clear(); }

private:
  std::unordered_map<uint64_t, int32_t> numbers;
};

struct Order {
  uint64_t id;
  int32_t before, after;
  int32_t level;
  int32_t size;
};

struct Level {
  int64_t size;
  int32_t first, last;
  int32_t price;
  int32_t side;
};

template <template <class> class Index> class OrderBook {
public:
  OrderBook() : index(orders) { clear(); }

  void clear() {
    index.clear();
    ladder.clear();
    orders.clear();
    levels.clear();
    freeOrders.clear();
    freeLevels.clear();
    near.assign(2 << NEAR_BITS, -1);
    far[0].clear();
    far[1].clear();
  }

  void take(int8_t action, uint64_t id, int32_t side, int32_t price, int32_t size) {
    if (action == ADD) {
      add(id, side, price, size);
      return;
    }
    const int32_t number = index.find(id);
    if (number < 0) return;
    if (action == CANCEL) remove(number);
    else if (action == EXECUTE) execute(number, size);
    else modify(number, side, price, size);
  }

  int32_t bestBid() const { return ladder.bestBid(); }
  int32_t bestAsk() const { return ladder.bestAsk(); }

private:
  static constexpr int NEAR_BITS = 20;
  std::vector<Order> orders;
  std::vector<Level> levels;
  std::vector<int32_t> freeOrders, freeLevels;
  Index<Order> index;
  /** Levels by price, bids then asks; prices beyond the range are in `far`. */
  std::vector<int32_t> near;
  std::unordered_map<int32_t, int32_t> far[2];
  /** A level of size 1 for each price that has orders. */
  Ladder<int8_t> ladder;

  int32_t &levelAt(int32_t side, int32_t price) {
    const int32_t own = side < 0;
    if (static_cast<uint32_t>(price) < (1u << NEAR_BITS)) return near[(own << NEAR_BITS) + price];
    return far[own].try_emplace(price, -1).first->second;
  }

  void add(uint64_t id, int32_t side, int32_t price, int32_t size) {
    int32_t number;
    if (freeOrders.empty()) {
      number = static_cast<int32_t>(orders.size());
      orders.emplace_back();
    } else {
      number = freeOrders.back();
      freeOrders.pop_back();
    }
    orders[number].id = id;
    orders[number].size = size;
    index.insert(id, number);
    enqueue(number, side, price);
  }

  void enqueue(int32_t number, int32_t side, int32_t price) {
    int32_t &place = levelAt(side, price);
    if (place < 0) {
      if (freeLevels.empty()) {
        place = static_cast<int32_t>(levels.size());
        levels.emplace_back();
      } else {
        place = freeLevels.back();
        freeLevels.pop_back();
      }
      levels[place] = {0, -1, -1, price, side};
      ladder.set(side, price, 1);
    }
    Level &level = levels[place];
    Order &order = orders[number];
    order.level = place;
    order.before = level.last;
    order.after = -1;
    if (level.last < 0) level.first = number;
    else orders[level.last].after = number;
    level.last = number;
    level.size += order.size;
  }

  void dequeue(int32_t number) {
    const Order &order = orders[number];
    Level &level = levels[order.level];
    if (order.before < 0) level.first = order.after;
    else orders[order.before].after = order.after;
    if (order.after < 0) level.last = order.before;
    else orders[order.after].before = order.before;
    level.size -= order.size;
    if (level.first >= 0) return;
    levelAt(level.side, level.price) = -1;
    ladder.set(level.side, level.price, 0);
    freeLevels.push_back(order.level);
  }

  void remove(int32_t number) {
    dequeue(number);
    index.erase(orders[number].id);
    freeOrders.push_back(number);
  }

  void execute(int32_t number, int32_t size) {
    Order &order = orders[number];
    if (size >= order.size) {
      remove(number);
      return;
    }
    order.size -= size;
    levels[order.level].size -= size;
  }

  void modify(int32_t number, int32_t side, int32_t price, int32_t size) {
    Order &order = orders[number];
    Level &level = levels[order.level];
    if (level.price == price && level.side == side && size <= order.size) {
      level.size -= order.size - size;
      order.size = size;
      return;
    }
    dequeue(number);
    order.size = size;
    enqueue(number, side, price);
  }
};

struct Columns {
  std::vector<int8_t> action, side, flags;
  std::vector<int32_t> price, size;
  std::vector<uint64_t> id;
};

template <class Book> TouchSum replay(const Columns &columns, size_t rows) {
  Book book;
  TouchSum touch;
  for (size_t row = 0; row < rows; row++) {
    if (__builtin_expect((columns.flags[row] & SNAPSHOT_START) != 0, 0)) book.clear();
    book.take(columns.action[row], columns.id[row], columns.side[row], columns.price[row], columns.size[row]);
    if ((columns.flags[row] & MESSAGE_END) != 0) touch.add(book.bestBid(), book.bestAsk());
  }
  return touch;
}

template <class Book> void measure(const Columns &columns) {
  const size_t rows = columns.price.size();
  replay<Book>(columns, rows < 1'000'000 ? rows : 1'000'000);
  const double start = cpuSeconds();
  const TouchSum touch = replay<Book>(columns, rows);
  printResult(cpuSeconds() - start, touch);
}

int main(int count, char **arguments) {
  if (count != 3) {
    fprintf(stderr, "l3Books flat|map FOLDER\n");
    return 1;
  }
  const std::string folder = arguments[2];
  const Columns columns{readColumn<int8_t>(folder, "action.i8"), readColumn<int8_t>(folder, "side.i8"),
                        readColumn<int8_t>(folder, "flags.i8"),  readColumn<int32_t>(folder, "price.i32"),
                        readColumn<int32_t>(folder, "size.i32"), readColumn<uint64_t>(folder, "id.i64")};
  if (std::string(arguments[1]) == "flat") measure<OrderBook<FlatIndex>>(columns);
  else measure<OrderBook<MapIndex>>(columns);
}
