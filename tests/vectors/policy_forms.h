#pragma once

#include <set>
#include <string>

#include "bindings/soap/xml/document.h"

// What a policy means, worked out from its XML by brute force and without the product's own reading
// of policies: for comparing normal forms that differ in order, prefixes and what is implied.

namespace parley::vectors {

/// Every alternative of the wsp:Policy as a text, whatever form it is in. The texts are equal when
/// the alternatives are. References cannot be followed here: throws BadVector.
std::multiset<std::string> alternatives_of(const xml::Element& policy);

/// Whether it is written in normal form: one choice of alternatives, and one alternative in the
/// choice of each nested policy.
bool is_in_normal_form(const xml::Element& policy);

}  // namespace parley::vectors
