// An explanation for other programs, as results/schema/explanation.schema.json says.
#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "harness/explain/confirmation.hpp"
#include "harness/explain/explanation.hpp"

namespace cuparity {

/// {"phases": […], "modes": […], …}; an empty object where nothing was timed.
nlohmann::json to_json(const StartupTable& table);
nlohmann::json to_json(const Explanation& explanation);
nlohmann::json to_json(const ConfirmationResult& result);

/// The whole document: explanations, and the experiments where there were any.
nlohmann::json explanation_document(const std::vector<Explanation>& explanations,
                                    const std::vector<ConfirmationResult>& confirmations);

}  // namespace cuparity
