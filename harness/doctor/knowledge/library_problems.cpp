// cuDNN, whose parts are loaded by name while a program runs.
#include <algorithm>
#include <filesystem>
#include <set>

#include "harness/doctor/checks/checks.hpp"
#include "harness/doctor/knowledge/known_problem.hpp"
#include "harness/doctor/knowledge/questions.hpp"

namespace cuparity {
namespace {

/// Folders that hold a cuDNN; more than one is a mixture.
std::set<std::string> cudnn_folders(const Probe& probe) {
  std::set<std::string> folders;
  for (const std::string& path : probe.inside.cudnn_libraries) folders.insert(std::filesystem::path(path).parent_path());
  return folders;
}

bool has_major(const Probe& probe, const std::string& major, bool sublibrary) {
  return std::any_of(probe.inside.cudnn_libraries.begin(), probe.inside.cudnn_libraries.end(),
                     [&](const std::string& path) {
                       const std::string name = std::filesystem::path(path).filename();
                       const bool part = name.starts_with("libcudnn_");
                       return part == sublibrary && name.find(".so." + major) != std::string::npos;
                     });
}

Sign cudnn_8(const Probe& probe) {
  if (has_major(probe, "8", true)) return absent("cuDNN 8 is there");
  if (has_major(probe, "8", false)) return present("libcudnn.so.8 is there, its parts are not: " + listed(probe.inside.cudnn_libraries, 3));
  return {Sign::Says::nothing, has_major(probe, "9", false) ? "only cuDNN 9 is there" : ""};
}

Sign cudnn_9(const Probe& probe) {
  if (has_major(probe, "9", true)) return absent("the parts of cuDNN 9 are in the loader's folders");
  return present_if(has_major(probe, "9", false),
                    "libcudnn.so.9 is there, its parts are not: " + listed(probe.inside.cudnn_libraries, 3));
}

Sign two_cudnn(const Probe& probe) {
  const std::set<std::string> folders = cudnn_folders(probe);
  if (folders.size() > 1) return present("cuDNN is in " + listed({folders.begin(), folders.end()}, 4));
  return folders.size() == 1 ? absent("one cuDNN in the loader's folders: " + *folders.begin()) : Sign{};
}

}  // namespace

const KnownProblems& library_problems() {
  static const KnownProblems table = {
      {.id = "cuda-libraries-missing",
       .where = "in-container-runtime",
       .summary = "A library of the CUDA toolkit is not in the image",
       .cause = "The driver is injected, CUDA's own libraries are not: they have to be in the image, in the major version that the "
                "program was built for. nvidia/cuda's base images have libcudart alone.",
       .check = "ldconfig -p | grep -E 'libcudart|libcublas' in the container: nothing, or another number behind .so, means this",
       .fix = {"use an image nvidia/cuda:…-runtime of the program's CUDA, instead of -base or a plain one",
               "or: pip install nvidia-cuda-runtime-cu12 nvidia-cublas-cu12  # where it is a Python program"},
       .texts = {{"libcudart.so*|libcublas.so*|libcublaslt.so*|libcufft.so*|libcurand.so*|libcusolver.so*|libcusparse.so*|"
                  "libnvrtc.so*",
                  "cannot open shared object*|could not load*|unable to load*|failed to load*"}},
       .source = "NVIDIA/nvidia-docker#1644; ollama/ollama#602; wilicc/gpu-burn#76"},
      {.id = "torch-without-cuda",
       .where = "in-container-runtime",
       .summary = "PyTorch in this image is the version for the CPU alone",
       .cause = "pip or conda took a package without CUDA (its version ends with +cpu); the GPU may well be there.",
       .check = "python3 -c 'import torch; print(torch.version.cuda)': None means this; a number: see no-gpu-given",
       .fix = {"pip install --force-reinstall torch --index-url https://download.pytorch.org/whl/cu126  # or the number of the "
               "program's CUDA"},
       .texts = {{"torch not compiled with cuda enabled"}, {torch_sees_no_gpu}},
       .source = "pytorch/pytorch#28111; petronetto/docker-python-deep-learning#12; X-PLUG/MobileAgent#60"},
      {.id = "cudnn-sublib-missing-8",
       .where = "in-container-runtime",
       .unasked = Severity::warning,
       .summary = "A part of cuDNN 8 is missing",
       .cause = "The program was built for cuDNN 8; the image has cuDNN 9, or none.",
       .check = "ldconfig -p | grep cudnn: only .so.9, or nothing, means this",
       .fix = {"use an image with cuDNN 8 (a tag with cudnn8)", "or: pip install 'nvidia-cudnn-cu12==8.*'",
               "or update the program"},
       .texts = {{"libcudnn*.so.8*", "could not load*|cannot open*|unable to load*|not found|no such file*|failed to load*"}},
       .sign = cudnn_8,
       .source = "alesaccoia/VoiceStreamAI#17"},
      {.id = "cudnn-sublib-missing-9",
       .where = "in-container-runtime",
       .unasked = Severity::warning,
       .summary = "A part of cuDNN 9 is not in the loader's path",
       .cause = "cuDNN 9 loads its parts by name; as a Python package they lie in site-packages/nvidia/cudnn/lib, "
                "which no loader searches.",
       .check = "ldconfig -p | grep libcudnn_ops: nothing means this; find / -name 'libcudnn_ops.so.9*' shows where",
       .fix = {"export LD_LIBRARY_PATH=$(python3 -c 'import nvidia.cudnn as c; print(c.__path__[0])')/lib",
               "or install cuDNN 9: sudo apt-get install libcudnn9-cuda-12  # from NVIDIA's repository"},
       .texts = {{"libcudnn*.so.9*", "could not load*|cannot open*|unable to load*|not found|no such file*|failed to load*"},
                 {"invalid handle", "cannot load symbol cudnn*"}},
       .sign = cudnn_9,
       .source = "jhj0517/Whisper-WebUI#346; beam-cloud/examples#80"},
      {.id = "cudnn-sublib-mismatch",
       .where = "in-container-runtime",
       .unasked = Severity::warning,
       .summary = "Two cuDNN installations are mixed",
       .cause = "Parts of one (the system's) are loaded by the other (a Python package's), of another version.",
       .check = "grep -o '/[^ ]*libcudnn[^ ]*' /proc/PID/maps | xargs -n1 dirname | sort -u: two folders mean this",
       .fix = {"keep one: pip uninstall nvidia-cudnn-cu12  # or remove the system's package", "unset LD_LIBRARY_PATH"},
       .texts = {{"cudnn_status_sublibrary_version_mismatch|sublibrary_version_mismatch|cudnn_status_sublibrary_loading_failed"},
                 {"cudnn*", "sublibrar*version*mismatch|sublibrary*mismatch"},
                 {"cudnn*version incompatib*|cudnn version mismatch*|incompatib*cudnn*"}},
       .sign = two_cudnn,
       .source = "livepeer/comfystream#497; pytorch/pytorch#185512"},
  };
  return table;
}

}  // namespace cuparity
