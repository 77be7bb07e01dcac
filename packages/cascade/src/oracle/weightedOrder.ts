/** A value with its weight, and those below it in the tree. */
interface Node {
  value: number;
  weight: number;
  /** Weight of the node and of all below it. */
  sum: number;
  priority: number;
  left: Node | undefined;
  right: Node | undefined;
}

/** A well-mixed number from a counter (the finaliser of MurmurHash3): priorities without a source of chance. */
function mixed(counter: number): number {
  let hash = Math.imul(counter ^ (counter >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function summed(node: Node): Node {
  node.sum = node.weight + (node.left?.sum ?? 0) + (node.right?.sum ?? 0);
  return node;
}

/** Joins two trees, all values of the first below those of the second. */
function joined(low: Node | undefined, high: Node | undefined): Node | undefined {
  if (low === undefined) return high;
  if (high === undefined) return low;
  if (low.priority > high.priority) {
    low.right = joined(low.right, high);
    return summed(low);
  }
  high.left = joined(low, high.left);
  return summed(high);
}

/**
 * Values with whole weights, in order: the value at a place in that order in O(log n), and so the weighted median. A treap (Seidel and Aragon,
 * 1996) whose priorities are a hash of a counter. What is read depends on the weights alone and not on how they came to be.
 */
export class WeightedOrder {
  #root: Node | undefined;
  #made = 0;
  /** Nodes to be used again. */
  readonly #spare: Node[] = [];

  /** The weight of all. */
  get total(): number {
    return this.#root?.sum ?? 0;
  }

  /** Adds to the weight of a value, whole; below 0 takes away, and at 0 the value is gone. */
  add(value: number, weight: number): void {
    if (weight !== 0) this.#root = this.#changed(this.#root, value, weight);
  }

  /** The value that stands at a place, 0 … total − 1, where each value stands as often as its weight says; NaN beyond. */
  at(place: number): number {
    let node = this.#root;
    let left = place;
    while (node !== undefined) {
      const below = node.left?.sum ?? 0;
      if (left < below) {
        node = node.left;
      } else if (left < below + node.weight) {
        return node.value;
      } else {
        left -= below + node.weight;
        node = node.right;
      }
    }
    return Number.NaN;
  }

  /** The middle value, or the mean of the two middle ones; NaN without any. */
  median(): number {
    const { total } = this;
    const low = this.at(Math.floor((total - 1) / 2));
    const high = this.at(Math.floor(total / 2));
    return low === high ? low : low + (high - low) / 2;
  }

  #changed(node: Node | undefined, value: number, weight: number): Node | undefined {
    if (node === undefined) return this.#leaf(value, weight);
    if (value === node.value) return this.#reweighed(node, weight);
    if (value < node.value) {
      const left = this.#changed(node.left, value, weight);
      node.left = left;
      if (left === undefined || left.priority <= node.priority) return summed(node);
      node.left = left.right;
      left.right = summed(node);
      return summed(left);
    }
    const right = this.#changed(node.right, value, weight);
    node.right = right;
    if (right === undefined || right.priority <= node.priority) return summed(node);
    node.right = right.left;
    right.left = summed(node);
    return summed(right);
  }

  #reweighed(node: Node, weight: number): Node | undefined {
    node.weight += weight;
    if (node.weight !== 0) return summed(node);
    const rest = joined(node.left, node.right);
    node.left = undefined;
    node.right = undefined;
    this.#spare.push(node);
    return rest;
  }

  #leaf(value: number, weight: number): Node {
    this.#made += 1;
    const priority = mixed(this.#made);
    const spare = this.#spare.pop();
    if (spare === undefined) {
      return { value, weight, sum: weight, priority, left: undefined, right: undefined };
    }
    spare.value = value;
    spare.weight = weight;
    spare.sum = weight;
    spare.priority = priority;
    return spare;
  }
}
