#include "json_lines.h"

#include <fstream>

#include <nlohmann/json.hpp>

namespace exchange {
namespace {

using Json = nlohmann::ordered_json;

/// How a field stands in JSON.
struct Field {
  const char* name;
  std::string Cell::*member;
  bool is_boolean;
};

constexpr Field kFields[] = {
    {"id", &Cell::id, false},
    {"soap", &Cell::soap, false},
    {"wsa", &Cell::wsa, false},
    {"rm", &Cell::rm, false},
    {"assurance", &Cell::assurance, false},
    {"ordered", &Cell::ordered, true},
    {"sc", &Cell::sc, false},
    {"bootstrap", &Cell::bootstrap, false},
    {"binding", &Cell::binding, false},
    {"protect", &Cell::protect, false},
    {"order", &Cell::order, false},
    {"encrypt_signature", &Cell::encrypt_signature, true},
    {"suite", &Cell::suite, false},
    {"derived", &Cell::derived, true},
    {"reply", &Cell::reply, false},
};

std::string text_of(const Json& value, const Field& field, const std::string& id) {
  if (field.is_boolean && value.is_boolean()) {
    return value.get<bool>() ? "true" : "false";
  }
  if (!field.is_boolean && value.is_string()) {
    return value.get<std::string>();
  }
  throw Refusal("cell " + id + ": " + field.name + " is missing, or is no " +
                (field.is_boolean ? "boolean" : "string"));
}

Cell cell_in(const Json& object) {
  Cell cell;
  for (const Field& field : kFields) {
    const auto found = object.find(field.name);
    cell.*field.member = text_of(found == object.end() ? Json() : *found, field, cell.id);
  }
  return cell;
}

/// "works", or why the cell is not spoken.
std::string status_of(const Cell& cell) {
  try {
    (void)profile_of(cell);
    return "works";
  } catch (const Refusal& refusal) {
    const std::string why = refusal.what();
    return why.substr(why.find(": ") + 2);
  }
}

Json json_of(const Cell& cell) {
  Json object;
  for (const Field& field : kFields) {
    const std::string& value = cell.*field.member;
    object[field.name] = field.is_boolean ? Json(value == "true") : Json(value);
  }
  object["roles"] = {"serve", "call"};
  object["status"] = status_of(cell);
  return object;
}

}  // namespace

std::vector<Cell> cells_in(const std::string& file) {
  std::ifstream in(file);
  if (!in) {
    throw Refusal("cannot read " + file);
  }
  const Json about = Json::parse(in, nullptr, false);
  if (!about.is_object() || !about.contains("cells") || !about["cells"].is_array()) {
    throw Refusal(file + " is not what an `about` prints: it has no list of cells");
  }
  std::vector<Cell> cells;
  for (const Json& cell : about["cells"]) {
    if (!cell.is_object()) {
      throw Refusal(file + ": a cell is no object");
    }
    cells.push_back(cell_in(cell));
    const std::string name = about.value("name", "unnamed");
    cells.back().peer = name == "parley" ? "" : name;
  }
  return cells;
}

std::string about_line(const std::vector<Cell>& cells) {
  Json about;
  about["name"] = "parley";
  about["version"] = PARLEY_VERSION;
  about["durable"] = {"serve", "call"};
  about["cells"] = Json::array();
  for (const Cell& cell : cells) {
    about["cells"].push_back(json_of(cell));
  }
  about["notes"] =
      "--cells FILE takes the cells of another peer instead of these, and says which are spoken";
  return about.dump();
}

std::string ready_line(const std::map<std::string, std::string>& urls) {
  Json line;
  line["ready"] = true;
  line["endpoints"] = Json::object();
  for (const auto& [id, url] : urls) {
    line["endpoints"][id] = url;
  }
  return line.dump();
}

std::string result_line(const CallResult& result) {
  Json line;
  line["cell"] = result.cell;
  line["sent"] = result.sent;
  line["answered"] = result.answered;
  line["faults"] = result.faults;
  line["total_ok"] = result.total_ok ? Json(*result.total_ok) : Json();
  line["elapsed_s"] = result.elapsed_s;
  line["notes"] = result.notes;
  // Texts of peers may be no UTF-8; they are shown all the same.
  return line.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string secret_line(const parley::ExposedSecret& secret) {
  Json line;
  line["identifier"] = secret.identifier;
  line["instance"] = secret.instance;
  line["token_type"] = secret.token_type;
  line["namespace"] = secret.token_type.substr(0, secret.token_type.rfind('/'));
  line["secret"] = parley::to_base64(secret.secret);
  return line.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace exchange
