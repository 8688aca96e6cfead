#include "harness/record/schema_violations.hpp"

#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include "harness/record/json_fields.hpp"

namespace cuparity {

std::string schema_violations(const std::string& schema_name, const nlohmann::json& document) {
  const nlohmann::json json = read_json_file(CUPARITY_SCHEMA_FOLDER "/" + schema_name);
  valijson::Schema schema;
  valijson::SchemaParser parser;
  valijson::adapters::NlohmannJsonAdapter schema_adapter(json);
  parser.populateSchema(schema_adapter, schema);
  valijson::Validator validator;
  valijson::ValidationResults results;
  valijson::adapters::NlohmannJsonAdapter adapter(document);
  if (validator.validate(schema, adapter, &results)) {
    return "";
  }
  std::string text = "violates the schema:";
  for (const valijson::ValidationResults::Error& error : results) {
    text += "\n";
    for (const std::string& part : error.context) text += part;
    text += ": " + error.description;
  }
  return text;
}

}  // namespace cuparity
