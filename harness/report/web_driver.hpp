// For tests: a browser that is clicked and typed into as a person would, by W3C WebDriver (chromedriver).
#pragma once

#include <unistd.h>

#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "harness/engine/process.hpp"

namespace cuparity {

/// Keys that are no characters, as WebDriver names them.
namespace key {
inline constexpr const char* tab = "\uE004";
inline constexpr const char* enter = "\uE007";
inline constexpr const char* escape = "\uE00C";
inline constexpr const char* down = "\uE015";
inline constexpr const char* up = "\uE013";
}  // namespace key

inline std::string chromedriver() {
  for (const char* path : {"/usr/bin/chromedriver", "/usr/local/bin/chromedriver"}) {
    if (access(path, X_OK) == 0) return path;
  }
  return "";
}

/// One session of one headless browser. Every call throws std::runtime_error with WebDriver's words where it fails.
class WebDriver {
 public:
  /// `folder` is for the profile and the log.
  WebDriver(const std::string& browser, const std::filesystem::path& folder) : log_(folder / "chromedriver.txt") {
    thread_ = std::thread([this] {
      ChildProcess child;
      child.command = {"sh", "-c", "exec " + chromedriver() + " --port=0 >" + log_.string() + " 2>&1"};
      child.time_limit = std::chrono::minutes(10);
      child.stop_requested = [this] { return stop_.load(); };
      run_process(child);
    });
    try {
      wait_for_port();
      start_session(browser, folder);
    } catch (...) {
      end();
      throw;
    }
  }
  WebDriver(const WebDriver&) = delete;
  WebDriver& operator=(const WebDriver&) = delete;
  ~WebDriver() {
    try {
      if (!session_.empty()) call("DELETE", "", nullptr);
    } catch (const std::exception&) {
      // The process is ended all the same.
    }
    end();
  }

  void open(const std::filesystem::path& page) { call("POST", "/url", {{"url", "file://" + page.string()}}); }

  /// At the middle of the first element that fits, where it is scrolled to; fails if something lies over it.
  void click(const std::string& selector) { call("POST", "/element/" + find(selector) + "/click", empty()); }

  /// Into the element, as typed.
  void type(const std::string& selector, const std::string& text) {
    call("POST", "/element/" + find(selector) + "/value", {{"text", text}});
  }

  /// One key, wherever the focus is.
  void press(const std::string& one) {
    call("POST", "/actions",
         {{"actions",
           {{{"type", "key"},
             {"id", "keyboard"},
             {"actions", {{{"type", "keyDown"}, {"value", one}}, {{"type", "keyUp"}, {"value", one}}}}}}}});
  }

  std::string text(const std::string& selector) {
    return call("GET", "/element/" + find(selector) + "/text", nullptr).get<std::string>();
  }

  /// The value of a JavaScript expression.
  nlohmann::json value(const std::string& expression) {
    return call("POST", "/execute/sync",
                {{"script", "return " + expression}, {"args", nlohmann::json::array()}});
  }

  /// What the page logged since the last call, warnings and errors too.
  nlohmann::json console() { return call("POST", "/se/log", {{"type", "browser"}}); }

 private:
  static nlohmann::json empty() { return nlohmann::json::object(); }

  void end() {
    stop_ = true;
    thread_.join();
  }

  void wait_for_port() {
    const std::regex started("successfully on port ([0-9]+)");
    for (int tries = 0; tries < 600; ++tries) {
      std::ostringstream text;
      text << std::ifstream(log_).rdbuf();
      const std::string seen = text.str();
      if (std::smatch port; std::regex_search(seen, port, started)) {
        port_ = port[1];
        return;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    throw std::runtime_error("chromedriver did not say its port in " + log_.string());
  }

  void start_session(const std::string& browser, const std::filesystem::path& folder) {
    const nlohmann::json arguments = {"--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                                      "--disable-background-networking", "--disable-component-update", "--disable-sync",
                                      "--window-size=1280,1000", "--user-data-dir=" + (folder / "driven").string()};
    const nlohmann::json capabilities = {{"browserName", "chrome"},
                                         {"goog:loggingPrefs", {{"browser", "ALL"}}},
                                         {"goog:chromeOptions", {{"binary", browser}, {"args", arguments}}}};
    const nlohmann::json answer =
        request("POST", "/session", {{"capabilities", {{"alwaysMatch", capabilities}}}});
    session_ = answer.at("sessionId").get<std::string>();
  }

  std::string find(const std::string& selector) {
    const nlohmann::json found = call("POST", "/element", {{"using", "css selector"}, {"value", selector}});
    return found.begin()->get<std::string>();
  }

  nlohmann::json call(const std::string& method, const std::string& path, const nlohmann::json& body) {
    return request(method, "/session/" + session_ + path, body);
  }

  nlohmann::json request(const std::string& method, const std::string& path, const nlohmann::json& body) {
    namespace http = boost::beast::http;
    boost::asio::io_context context;
    boost::beast::tcp_stream stream(context);
    stream.connect(boost::asio::ip::tcp::resolver(context).resolve("127.0.0.1", port_));
    http::request<http::string_body> message(http::string_to_verb(method), path, 11);
    message.set(http::field::host, "127.0.0.1:" + port_);
    message.set(http::field::content_type, "application/json");
    if (!body.is_null()) message.body() = body.dump();
    message.prepare_payload();
    http::write(stream, message);
    boost::beast::flat_buffer buffer;
    http::response<http::string_body> answer;
    http::read(stream, buffer, answer);
    const nlohmann::json value = nlohmann::json::parse(answer.body()).at("value");
    if (answer.result_int() >= 300) throw std::runtime_error(method + " " + path + ": " + value.dump().substr(0, 400));
    return value;
  }

  std::filesystem::path log_;
  std::atomic<bool> stop_ = false;
  std::thread thread_;
  std::string port_;
  std::string session_;
};

}  // namespace cuparity
