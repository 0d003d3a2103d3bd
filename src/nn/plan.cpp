#include "nn/plan.hpp"

#include <algorithm>
#include <complex>

#include "nn/layers/activation.hpp"

namespace weft {
namespace {

constexpr std::size_t kNone = Operation::kNone;

template <class T>
const BatchLayer<T>* batch_layer(const Node<T>& node) {
  return dynamic_cast<const BatchLayer<T>*>(node.layer.get());
}

// Arrays that are free are given out again, the first that fits.
class Slots {
 public:
  template <class Fits>
  std::size_t take(std::size_t values, const Fits& fits) {
    for (std::size_t i = 0; i < values_.size(); ++i) {
      if (used_[i] || !fits(values_[i])) continue;
      used_[i] = true;
      values_[i] = std::max(values_[i], values);
      return i;
    }
    values_.push_back(values);
    used_.push_back(true);
    return values_.size() - 1;
  }
  void give_back(std::size_t slot) { used_[slot] = false; }
  const std::vector<std::size_t>& values() const { return values_; }

 private:
  std::vector<std::size_t> values_;  // of each array, for one sample
  std::vector<bool> used_;
};

template <class T>
class TrainingPlanner {
 public:
  explicit TrainingPlanner(const Architecture<T>& architecture)
      : nodes_(architecture.nodes()), diff_(nodes_.size(), kNone) {
    for (const Node<T>& node : nodes_) {
      plan_.dst.push_back(node.absorbed ? plan_.dst.back() : plan_.dsts.size());
      if (!node.absorbed) plan_.dsts.push_back(node.output.elements());
    }
    widths_ = architecture.input().elements();
  }

  Plan plan() {
    plan_.stages.emplace_back();
    push({.kind = Operation::fetch});
    for (std::size_t i = 0; i < nodes_.size(); ++i) forward(i);
    diff_.back() = take(nodes_.size() - 1);
    push({.kind = Operation::loss, .node = nodes_.size() - 1, .diff_dst = diff_.back()});
    for (std::size_t i = nodes_.size(); i-- > 0;) backward(i);
    plan_.diffs = slots_.values();
    return std::move(plan_);
  }

 private:
  std::size_t width_of(std::size_t node) const {
    return node == kNone ? widths_ : nodes_[node].output.elements();
  }

  // An array for the gradient at this node's output.
  std::size_t take(std::size_t node) {
    const std::size_t values = width_of(node);
    return slots_.take(values, [values](std::size_t has) { return has == values; });
  }

  void push(const Operation& operation) {
    Stage& stage = plan_.stages.back();
    stage.operations.push_back(operation);
    for (const std::size_t node : {operation.node, nodes_[operation.node].src}) {
      stage.widest = std::max(stage.widest, width_of(node));
    }
  }

  void forward(std::size_t i) {
    if (nodes_[i].absorbed) return;
    if (batch_layer(nodes_[i])) {
      push({.kind = Operation::gather_forward, .node = i});
      plan_.stages.emplace_back();
    }
    push({.kind = Operation::forward, .node = i});
  }

  // The gradient at this node's output stands in diff_[i], if anything reaches it.
  void backward(std::size_t i) {
    const Node<T>& node = nodes_[i];
    const std::size_t diff = diff_[i];
    if (!node.trains || diff == kNone) return;
    if (node.absorbed) {
      diff_[node.src] = diff;
      return;
    }
    if (batch_layer(node)) {
      push({.kind = Operation::gather_backward, .node = i, .diff_dst = diff});
      plan_.stages.emplace_back();
    }
    Operation operation{.kind = Operation::backward, .node = i, .diff_dst = diff};
    if (!node.layer) {
      sum(node, operation);
      return;
    }
    if (node.src != kNone && nodes_[node.src].trains) {
      source(node, operation);
    }
    push(operation);
    if (operation.diff_src != diff) slots_.give_back(diff);
    if (operation.add_to != kNone) slots_.give_back(operation.diff_src);
  }

  // Both summands' gradient is the sum's. The first goes on in its place, the other gets a copy:
  // what comes before may write over the first.
  void sum(const Node<T>& node, Operation operation) {
    if (nodes_[node.src].trains) diff_[node.src] = operation.diff_dst;
    if (node.skip == kNone || !nodes_[node.skip].trains) return;
    operation.add_to = diff_[node.skip] = take(node.skip);
    push(operation);
  }

  void source(const Node<T>& node, Operation& operation) {
    operation.diff_src = node.layer->backward_in_place() ? operation.diff_dst : take(node.src);
    std::size_t& at_source = diff_[node.src];
    if (at_source != kNone) {
      operation.add_to = at_source;  // another consumer has been here
    } else {
      at_source = operation.diff_src;
    }
  }

  const std::vector<Node<T>>& nodes_;
  std::vector<std::size_t> diff_;
  Slots slots_;
  std::size_t widths_;
  Plan plan_;
};

// The node behind this one that can be folded into it, if one can: it is the only one to take its
// output.
template <class T>
std::size_t foldable(const std::vector<Node<T>>& nodes, std::size_t i) {
  if (!nodes[i].layer || !nodes[i].layer->can_fold() || i + 1 == nodes.size()) return kNone;
  const auto takes = [i](const Node<T>& node) { return node.src == i || node.skip == i; };
  const Node<T>& next = nodes[i + 1];
  if (next.src != i || !next.layer || std::ranges::count_if(nodes, takes) != 1) return kNone;
  const auto* activation = dynamic_cast<const Activation<T>*>(next.layer.get());
  return batch_layer(next) || (activation && activation->gate()) ? i + 1 : kNone;
}

}  // namespace

template <class T>
Plan plan_training(const Architecture<T>& architecture) {
  return TrainingPlanner<T>(architecture).plan();
}

template <class T>
Plan plan_inference(const Architecture<T>& architecture) {
  const auto& nodes = architecture.nodes();
  Plan plan;
  std::vector<std::size_t> last_use(nodes.size(), 0);
  std::vector<bool> done(nodes.size());  // by the node before
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    plan.folds.push_back(foldable(nodes, i));
    if (plan.folds[i] != kNone) done[plan.folds[i]] = true;
    if (nodes[i].absorbed) done[i] = true;
    for (const std::size_t input : {nodes[i].src, nodes[i].skip}) {
      if (input != kNone) last_use[input] = i;
    }
  }
  last_use.back() = nodes.size();
  for (std::size_t i = nodes.size(); i-- > 0;) {
    if (done[i]) last_use[nodes[i].src] = last_use[i];
  }
  plan.stages.emplace_back();
  Stage& stage = plan.stages.back();
  stage.widest = architecture.input().elements();
  stage.operations.push_back({.kind = Operation::fetch});
  Slots slots;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (done[i]) {
      plan.dst.push_back(plan.dst.back());
      continue;
    }
    plan.dst.push_back(slots.take(nodes[i].output.elements(), [](std::size_t) { return true; }));
    stage.widest = std::max(stage.widest, nodes[i].output.elements());
    stage.operations.push_back({.kind = Operation::forward, .node = i});
    for (std::size_t j = 0; j < i; ++j) {
      if (last_use[j] == i && !done[j]) slots.give_back(plan.dst[j]);
    }
  }
  plan.dsts = slots.values();
  return plan;
}

template Plan plan_training(const Architecture<float>&);
template Plan plan_training(const Architecture<double>&);
template Plan plan_training(const Architecture<std::complex<double>>&);
template Plan plan_inference(const Architecture<float>&);
template Plan plan_inference(const Architecture<double>&);
template Plan plan_inference(const Architecture<std::complex<double>>&);

}  // namespace weft
