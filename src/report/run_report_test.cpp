#include "report/run_report.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace weft {
namespace {

using nlohmann::ordered_json;

TEST(ReportRun, WhatIsNotANumberIsNull) {
  RunReport report;
  report.history.push_back({EpochReport{0, 1, 0.5, 0.1, 1, 10}, std::nan(""), 0.5});
  report.no_results = "nothing was held out";
  const ordered_json json = as_json(report, nullptr);
  EXPECT_EQ(json["history"]["epoch"][0], 1);
  EXPECT_TRUE(json["history"]["val_loss"][0].is_null());
  EXPECT_EQ(json["history"]["val_accuracy"][0], 0.5);
  EXPECT_EQ(json["no_results"], "nothing was held out");
  EXPECT_FALSE(json.contains("results"));
  EXPECT_FALSE(json.contains("repeat"));
}

}  // namespace
}  // namespace weft
