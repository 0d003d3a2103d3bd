#include "data/photo_sole.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>
#include <vector>

namespace weft {
namespace {

// The rows that a product covers in each of its columns, up to the first that is empty.
struct Profile {
  std::size_t left = 0;
  std::vector<std::pair<double, double>> rows;  // first and last
};

Profile profile_of(const Canvas& src) {
  Profile profile;
  const std::size_t width = src.size.width;
  for (std::size_t x = 0; x < width; ++x) {
    std::size_t top = src.size.height, bottom = 0;
    for (std::size_t y = 0; y < src.size.height; ++y) {
      if (cover(src, y * width + x) < 0.5F) continue;
      top = std::min(top, y);
      bottom = y;
    }
    if (top > bottom) {
      if (profile.rows.empty()) continue;
      break;
    }
    if (profile.rows.empty()) profile.left = x;
    profile.rows.emplace_back(top, bottom);
  }
  return profile;
}

struct Sole {
  double y, x;             // of its middle, pixels
  double half, broad;      // half its length, pixels; its greatest half width as a share of that
  double turn;             // radians from upright
  double side;             // +1 or -1: where the big toe is
  bool down;               // the toe
  double heel, waist;      // half widths, as shares of the greatest
  double insole;           // tone of what is open
  double opening, inside;  // the leg's: half width as a share, tone; none below 0
};

// Half the width of a sole at `a`, from -1 at the toe to 1 at the heel, as a share of the greatest.
double half_width(const Sole& sole, double a) {
  const double round = std::sqrt(std::max(0.0, 1 - a * a * a * a));
  const double along = a < -0.3 ? 1
                       : a < 0.3
                           ? 1 + (sole.waist - 1) * (a + 0.3) / 0.6
                           : sole.waist + (sole.heel - sole.waist) * std::min(1.0, (a - 0.3) / 0.4);
  return round * along;
}

void draw_sole(const Canvas& src, const Profile& profile, const Sole& sole, Canvas& dst) {
  const double c = std::cos(sole.turn), s = std::sin(sole.turn);
  const auto columns = static_cast<double>(profile.rows.size());
  for (std::size_t i = 0; i < dst.plane(); ++i) {
    const double v = (static_cast<double>(i / dst.size.width) - sole.y) / sole.half;
    const double u = (static_cast<double>(i % dst.size.width) - sole.x) / sole.half;
    const double a = (sole.down ? -1 : 1) * (c * v - s * u);
    if (a <= -1 || a >= 1) continue;
    const double bend = 0.12 * sole.side * sole.broad * std::cos(a * std::numbers::pi / 2);
    const double across = (s * v + c * u - bend) / (sole.broad * half_width(sole, a));
    if (std::abs(across) > 1) continue;
    const auto column =
        std::min(static_cast<std::size_t>((a + 1) / 2 * columns), profile.rows.size() - 1);
    const auto [top, bottom] = profile.rows[column];
    const double row = top + std::abs(across) * (bottom - top);
    const double from_opening = std::hypot((a - 0.5) / 0.35, across / std::max(sole.opening, 0.01));
    const bool open = sole.opening > 0 && from_opening < 1;
    for (std::size_t k = 0; k < src.size.channels; ++k) {
      // The mean of three rows: the outline is narrower than the shoe is high.
      float mean = 0;
      for (const double near : {row - 1, row, row + 1}) {
        const auto y = static_cast<std::size_t>(std::lround(std::clamp(near, top, bottom)));
        const std::size_t from = y * src.size.width + profile.left + column;
        const float keep = open ? 0 : cover(src, from);
        const float under = toned(src, k, open ? sole.inside : sole.insole);
        mean += (keep * src.at(k, from) + (1 - keep) * under) / 3;
      }
      dst.at(k, i) = mean;
    }
  }
}

}  // namespace

void draw_soles(const Canvas& src, RandomStream& random, Canvas& dst) {
  const Profile profile = profile_of(src);
  if (profile.rows.empty()) return;
  const auto height = static_cast<double>(src.size.height);
  const auto width = static_cast<double>(src.size.width);
  Sole sole{};
  sole.half = height / 2 * random.uniform(0.8, 1);
  sole.broad = random.uniform(0.36, 0.48);
  sole.down = chance(random, 0.5);
  sole.heel = random.uniform(0.7, 0.9);
  sole.waist = random.uniform(0.65, 0.9);
  sole.insole = random.uniform(0.15, 0.9);
  sole.opening = chance(random, 0.6) ? random.uniform(0.4, 0.75) : -1;
  sole.inside = random.uniform(0.1, 1);
  sole.y = (height - 1) / 2 + random.uniform(-1, 1);
  sole.x = (width - 1) / 2 + random.uniform(-1, 1);
  sole.side = chance(random, 0.5) ? 1 : -1;
  const double turn = 0.15 * random.normal();
  sole.turn = turn;
  if (chance(random, 0.25)) {
    draw_sole(src, profile, sole, dst);
    return;
  }
  const double apart = sole.half * sole.broad * random.uniform(0.95, 1.25);
  const double fan = 0.12 * random.normal();
  const double middle = sole.x;
  for (const double foot : {-1.0, 1.0}) {
    sole.x = middle + foot * apart * std::cos(turn);
    sole.y += foot * (apart * std::sin(turn) + random.uniform(-1.5, 1.5));
    sole.turn = turn + foot * fan;
    sole.side = -foot;  // the big toes stand side by side
    draw_sole(src, profile, sole, dst);
  }
}

}  // namespace weft
