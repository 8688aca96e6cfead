// The example's page in a real browser, headless and offline: no console error, the verdict is there, the
// script ran. Skips loudly where no Chromium is installed.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "harness/report/example_run.hpp"
#include "harness/report/headless_browser.hpp"
#include "harness/report/report.hpp"

namespace cuparity {
namespace {

using testing::HasSubstr;
using testing::Not;

class ReportPage : public HeadlessBrowser {
 protected:
  /// The page, which drives itself where a script is given: the script writes what it sees with `see`.
  std::string open(const Example& example, const std::string& script = "") {
    std::string page = render_html(example.run, example.analysis);
    if (!script.empty()) {
      page.insert(page.rfind("</body>"),
                  "<script>const seen = []; const see = (text) => seen.push(text);\n" + script +
                      "\ndocument.body.append(Object.assign(document.createElement('pre'), "
                      "{id: 'seen', textContent: seen.join(';')}));</script>");
    }
    const std::filesystem::path file = folder_ / "report.html";
    std::ofstream(file, std::ios::binary) << page;
    const std::string seen = dom(file);
    EXPECT_THAT(log_, Not(HasSubstr("CONSOLE")));
    return seen;
  }
};

TEST_F(ReportPage, LoadsWithoutAnError) {
  const std::string page = open(example_run());
  EXPECT_THAT(page, HasSubstr("docker:--gpus=all is slower than native in 1 of 7 benchmarks"));
  EXPECT_THAT(page, HasSubstr("14 of 14</output>"));  // written by the script
}

TEST_F(ReportPage, ARowOpensWithItsCharts) {
  EXPECT_THAT(open(example_run(), R"(
    document.querySelector('.open').click();
    const details = document.querySelector('.details');
    see('charts=' + details.querySelectorAll('figure').length);
    see('blocks=' + details.querySelectorAll('.blocks tbody tr').length);
    see('distribution=' + details.querySelectorAll('.distribution tbody tr').length);
    see('bits=' + details.textContent.includes('yes: a3c1f00ddeadbe01'));
    see('controls=' + (document.querySelector('.open').getAttribute('aria-controls') === details.id));
    dispatchEvent(new Event('beforeprint'));
    see('canvases=' + [...details.querySelectorAll('canvas')].filter((canvas) => canvas.width > 0 &&
      canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some((byte) => byte !== 0)).length);
    document.querySelector('.open[aria-expanded=true]').click();
    see('left=' + document.querySelectorAll('.details').length);)"),
              HasSubstr("charts=3;blocks=8;distribution=2;bits=true;controls=true;canvases=3;left=0</pre>"));
}

TEST_F(ReportPage, StartUpAndTelemetryAreDrawnAndSwitched) {
  EXPECT_THAT(open(example_run(), R"(
    dispatchEvent(new Event('beforeprint'));
    const chart = (place) => Chart.getChart(document.querySelector(place + ' canvas'));
    see('phases=' + chart('#startup-chart').data.datasets.length);
    see('telemetry=' + document.querySelectorAll('#telemetry-charts canvas').length);
    const shown = () => chart('#telemetry-charts').data.datasets.filter((dataset) => !dataset.hidden).length;
    see('modes=' + shown());
    document.querySelector('#telemetry-legend input').click();
    see('then=' + shown());
    see('minutes=' + chart('#telemetry-charts').scales.x.ticks.map((tick) => tick.label).join(' '));
    see('label=' + document.querySelector('#startup-chart canvas').getAttribute('aria-label').startsWith('Start-up'));)"),
              HasSubstr("phases=9;telemetry=4;modes=3;then=2;minutes=0 5 10;label=true</pre>"));
}

TEST_F(ReportPage, SortsFiltersAndCounts) {
  EXPECT_THAT(open(example_run(), R"(
    document.querySelector('[data-sort=effect]').click();
    see('first=' + document.querySelector('.row').dataset.name);
    document.querySelector('[data-sort=effect]').click();
    see('last=' + document.querySelector('.row').dataset.name);
    see('sorted=' + document.querySelector('[data-sort=effect]').closest('th').getAttribute('aria-sort'));
    const filter = document.getElementById('filter-name');
    const type = (text) => { filter.value = text; filter.dispatchEvent(new Event('input', {bubbles: true})); };
    type('gemm BF16');
    see('shown=' + document.getElementById('shown').textContent);
    type('');
    const only = document.querySelector('[data-only=slower]');
    only.click();
    see('slower=' + document.getElementById('shown').textContent + ',' + only.getAttribute('aria-pressed'));
    only.click();
    see('all=' + document.getElementById('shown').textContent);
    document.getElementById('differences-only').click();
    see('only=' + document.getElementById('environment').classList.contains('only-differences'));)"),
              HasSubstr("first=startup/cuinit;last=gemm/cublaslt/bf16/8192;sorted=descending;shown=2 of 14;"
                        "slower=2 of 14,true;all=14 of 14;only=true</pre>"));
}

TEST_F(ReportPage, WhyOpensAndItsCommandsAreCopied) {
  EXPECT_THAT(open(example_run(), R"(
    const why = document.getElementById('why');
    see('modes=' + why.querySelectorAll(':scope > details[open]').length);
    see('causes=' + [...why.querySelectorAll('.causes tbody tr')].map((row) => row.cells[2].textContent.slice(0, 19)).join(','));
    see('not overhead=' + why.querySelectorAll('.differences > li:first-child')[0].textContent.includes('not container overhead'));
    const other = why.querySelector('details details');
    const height = other.getBoundingClientRect().height;
    other.querySelector('summary').click();
    see('opened=' + (other.open && other.getBoundingClientRect().height > height));
    const command = why.querySelector('.command');
    command.querySelector('.copy').click();
    see('selected=' + String(getSelection()).startsWith('cuparity run --suite quick --mode=native'));)"),
              HasSubstr("modes=2;causes=different libraries,nothing known expla,different libraries,nothing known expla;"
                        "not overhead=true;opened=true;selected=true</pre>"));
}

TEST_F(ReportPage, ManyRowsAreShownOnDemand) {
  EXPECT_THAT(open(large_run(60, 5, 2), R"(
    const shown = () => [...document.querySelectorAll('.row')].filter((row) => row.getClientRects().length > 0).length;
    const more = document.getElementById('more');
    see('first=' + shown() + ',' + more.textContent);
    document.querySelector('[data-sort=name]').click();
    see('sorted=' + shown());
    more.click();
    see('all=' + shown() + ',' + more.hidden);)"),
              HasSubstr("first=200,Show the other 40;sorted=200;all=240,true</pre>"));
}

TEST_F(ReportPage, TheKeyboardReachesEverything) {
  EXPECT_THAT(open(example_run(), R"(
    const press = (key) => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true, cancelable: true}));
    const buttons = [...document.querySelectorAll('.open')];
    press('/');
    see('filter=' + (document.activeElement.id === 'filter-name'));
    buttons[0].focus();
    press('ArrowDown');
    press('ArrowDown');
    press('ArrowUp');
    see('second=' + (document.activeElement === buttons[1]));
    buttons[1].click();
    press('Escape');
    see('closed=' + (document.querySelectorAll('.details').length === 0 && document.activeElement === buttons[1]));
    see('reachable=' + [...document.querySelectorAll('button, select, input, a, summary')].every((one) => one.tabIndex === 0));)"),
              HasSubstr("filter=true;second=true;closed=true;reachable=true</pre>"));
}

TEST_F(ReportPage, LightAndDarkAreChosen) {
  EXPECT_THAT(open(example_run(), R"(
    const theme = document.getElementById('theme');
    const page = (value) => {
      theme.value = value;
      theme.dispatchEvent(new Event('change'));
      return getComputedStyle(document.body).backgroundColor;
    };
    document.querySelector('.open').click();
    dispatchEvent(new Event('beforeprint'));
    see('light=' + page('light'));
    const before = Chart.getChart(document.querySelector('.details canvas')).data.datasets[0].backgroundColor;
    see('dark=' + page('dark'));
    const after = Chart.getChart(document.querySelector('.details canvas')).data.datasets[0].backgroundColor;
    see('charts=' + (before !== after));
    see('system=' + (page('') && document.documentElement.dataset.theme === undefined));)"),
              HasSubstr("light=rgb(247, 247, 245);dark=rgb(20, 22, 23);charts=true;system=true</pre>"));
}

TEST_F(ReportPage, EverythingHasANameForAScreenReader) {
  EXPECT_THAT(open(example_run(), R"(
    const named = (one) => one.labels?.length > 0 || one.getAttribute('aria-label') || one.textContent.trim();
    dispatchEvent(new Event('beforeprint'));
    see('controls=' + [...document.querySelectorAll('button, select, input')].every(named));
    see('drawings=' + [...document.querySelectorAll('canvas, svg')].every((one) => one.getAttribute('role') === 'img' && one.getAttribute('aria-label')));
    see('sections=' + [...document.querySelectorAll('section')].every((one) => document.getElementById(one.getAttribute('aria-labelledby'))));
    see('heads=' + [...document.querySelectorAll('th')].every((one) => one.scope));)"),
              HasSubstr("controls=true;drawings=true;sections=true;heads=true</pre>"));
}

TEST_F(ReportPage, NothingIsWiderThanItsScreen) {
  Example example = example_run();
  for (Comparison& comparison : example.analysis.noise_floor) {
    comparison.benchmark = "convolution/cudnn/backward_data/fp16/3x3_128_128_28";
  }
  for (Comparison& comparison : example.analysis.comparisons) {  // a remark widens the table
    comparison.measure = Measure::cycles;
    comparison.time_effect = comparison.effect;
  }
  std::string page = render_html(example.run, example.analysis);
  page.insert(page.rfind("</body>"),
              "<script>document.querySelector('.open').click(); dispatchEvent(new Event('beforeprint'));"
              "const {scrollWidth, clientWidth} = document.documentElement, table = document.getElementById('results');"
              "const right = (element) => element.getBoundingClientRect().right;"
              "const beside = Math.max(scrollWidth - clientWidth, right(table) - right(table.closest('section')), 0);"
              "for (const one of document.querySelectorAll('.details details')) one.open = true;"
              "const shown = (one) => one.getBoundingClientRect().height > 8 && getComputedStyle(one.closest('thead')).clipPath === 'none';"
              "const heads = [...document.querySelectorAll('.details thead th')].filter(shown).length;"
              "parent.postMessage(innerWidth + ' wide, too wide by ' + beside + ' px, ' + heads + ' heads', '*');</script>");
  std::ofstream(folder_ / "report.html", std::ios::binary) << page;
  // Frames have the width of a screen; the window of a headless browser need not.
  std::string frames = "<!DOCTYPE html><body><script>addEventListener('message', (event) => {"
                       "document.body.append(event.data + '; ');});</script>";
  const std::vector<int> widths = {390, 1140, 1267, 1268, 1280};
  for (const int width : widths) {
    frames += fmt::format("<iframe src='report.html' style='width:{}px;height:800px;border:0'></iframe>", width);
  }
  const std::filesystem::path file = folder_ / "screens.html";
  std::ofstream(file) << frames << "</body>";
  const std::string seen = dom(file);
  for (const int width : widths) EXPECT_THAT(seen, testing::ContainsRegex(fmt::format("{} wide, too wide by 0 px, 12 heads", width)));
}

TEST_F(ReportPage, ALostBlockLeavesAGapInTheNumbers) {
  Example example = example_run();
  Comparison& comparison = example.analysis.comparisons.front();
  comparison.differences.erase(comparison.differences.begin() + 2);
  std::erase_if(example.run.trials, [&](const Trial& trial) { return trial.mode == comparison.candidate && trial.block == 2; });
  EXPECT_THAT(open(example, R"(
    document.querySelector('.open').click();
    see('blocks=' + [...document.querySelectorAll('.blocks tbody tr')].map((row) => row.cells[0].textContent).join(' '));
    see('cells=' + document.querySelector('.blocks tbody tr').cells.length);)"),
              HasSubstr("blocks=1 2 4 5 6 7 8;cells=4</pre>"));
  comparison.differences.pop_back();  // of a block that both measured: whose the others are can't be told
  EXPECT_THAT(open(example, R"(
    document.querySelector('.open').click();
    see('cells=' + document.querySelector('.blocks tbody tr').cells.length);)"),
              HasSubstr("cells=2</pre>"));
}

TEST_F(ReportPage, HostileNamesAreText) {
  const Example example = hostile_run();
  EXPECT_THAT(open(example, R"(
    for (const button of document.querySelectorAll('.open')) button.click();
    dispatchEvent(new Event('beforeprint'));
    see('images=' + document.querySelectorAll('img').length);
    see('text=' + document.querySelector('.details').textContent.includes('<img src=x onerror=alert(2)>'));
    see('scripts=' + [...document.scripts].filter((one) => one.textContent.startsWith('alert')).length);
    see('reversed=' + document.body.innerText.includes('\u202e'));)"),
              HasSubstr("images=0;text=true;scripts=0;reversed=false</pre>"));
}

}  // namespace
}  // namespace cuparity
