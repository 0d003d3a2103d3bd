// The article's experiments told in a terminal.
#pragma once

#include "article/experiment.hpp"
#include "article/xor.hpp"
#include "weft/data.hpp"

namespace weft::cli {

void tell_data(const Dataset& data);
void tell_softmax();
void tell_sigmoid();
XorResult tell_xor();
ClassifierResult tell_classifier(const Dataset& data, const ClassifierExperiment& experiment);

// A live line on standard error while the classifier trains.
NNClassifier::OnEpoch show_epochs(std::size_t epochs);

}  // namespace weft::cli
