// Text from outside as it may stand in XML: JUnit and Atom.
#pragma once

#include <string>
#include <string_view>

namespace cuparity {

/// clean_text(), with the five predefined entities, fit for content and quoted attributes alike, and without
/// the code points that XML 1.0 does not allow.
std::string xml_escaped(std::string_view text);

}  // namespace cuparity
