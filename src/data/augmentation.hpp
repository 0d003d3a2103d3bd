// What may be done to a training picture before the network sees it, so that it learns what does
// not matter. As text: "mirror, shift 2, cutout 8".
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace weft {

enum class Mirror { none, random, alternate };

struct Augmentation {
  // Left and right: at random, or each picture every other epoch (Jordan, "94% on CIFAR-10 in 3.29
  // seconds", 2024).
  Mirror mirror = Mirror::none;
  double shift = 0;      // by up to so many whole pixels each way
  bool reflect = false;  // what comes in from outside is reflected, else the picture's background
  double rotate = 0;     // by up to so many degrees
  double zoom = 0;       // larger or smaller by up to this share
  double brightness = 0, contrast = 0;  // up to this share: added of 255, and of the deviation
  double gamma = 0;                     // tones bent, by an exponent between one over this and this
  double cutout = 0;  // side of a square that becomes the mean colour (DeVries and Taylor, 2017)
  double erase = 0;   // chance of a rectangle of noise (Zhong et al., 2017: random erasing)
  // Chance that a picture is made to look as if cut out of a photo (make_photo_like), in place of
  // all the rest but mixing.
  double photo = 0;
  // Chance that something that is of no class is drawn instead (draw_junk), whose label is a share
  // of each class.
  double junk = 0;
  // Mixed with another picture, and so the label, by a share from Beta(alpha, alpha): as a whole
  // (Zhang et al., 2017), or a rectangle of it (Yun et al., 2019). With both, either.
  double mixup = 0, cutmix = 0;

  bool any() const;  // else pictures stay as they are
  bool mixes() const { return mixup > 0 || cutmix > 0 || junk > 0; }

  friend bool operator==(const Augmentation&, const Augmentation&) = default;
};

// "none" and "" are none of them. Throws Error(usage) with the names and their ranges.
Augmentation parse_augmentation(std::string_view text);
std::string text_of(const Augmentation& augmentation);

// "none", "random", "alternate"; parse throws Error(usage) naming the three.
Mirror parse_mirror(const std::string& text);
const char* name_of(Mirror mirror);

}  // namespace weft
