// Kubernetes and HPC: device plugin, scheduler, Apptainer.
#include "harness/doctor/checks/checks.hpp"
#include "harness/doctor/knowledge/known_problem.hpp"
#include "harness/doctor/knowledge/questions.hpp"

namespace cuparity {
namespace {

Sign apptainer_contained(const Probe& probe) {
  if (!probe.inside.apptainer) return absent("this is not the inside of an Apptainer container");
  return present_if(inside_variable(probe, "NVIDIA_VISIBLE_DEVICES").empty() && probe.driver.nodes.empty(),
                    "inside Apptainer; NVIDIA_VISIBLE_DEVICES is not set; no NVIDIA node in /dev");
}

Sign plugin_without_driver(const Probe& probe) {
  return present_if(probe.inside.kubernetes && !gpu_expected(probe) && probe.driver.libraries.empty(),
                    "in Kubernetes, without an NVIDIA node or driver library");
}

Sign volume_mount_strategy(const Probe& probe) {
  const std::string& accepted = probe.toolkit.accept_volume_mounts;
  return present_if(!accepted.empty(), "config.toml: accept-nvidia-visible-devices-as-volume-mounts = " + accepted);
}

}  // namespace

const KnownProblems& cluster_problems() {
  static const KnownProblems table = {
      {.id = "k8s-plugin-no-nvml",
       .where = "engine-start",
       .summary = "The device plugin's own pod sees no driver",
       .cause = "It was started by runc, not by the nvidia runtime or CDI.",
       .check = "kubectl get pod … -o jsonpath={.spec.runtimeClassName}: not nvidia, and containerd's "
                "default_runtime_name is runc: this",
       .fix = {"runtimeClassName: nvidia for the plugin's daemonset",
               "or: sudo nvidia-ctk runtime configure --runtime=containerd --set-as-default && sudo systemctl restart "
               "containerd"},
       .texts = {{"detected non-nvml platform"}, {"could not load nvml library"}, {"incompatible strategy detected|incompatible platform detected", "nvml*|tegra|device*"},
                 {"failed to initialize nvml: error_library_not_found|nvml*could not be loaded", "plugin*|pod*|k8s*"}},
       .sign = plugin_without_driver,
       .source = "NVIDIA/k8s-device-plugin#1011, #478"},
      {.id = "k8s-insufficient-gpu",
       .where = "engine-start",
       .summary = "No node has a free nvidia.com/gpu",
       .cause = "The device plugin does not run or failed, the GPUs are unhealthy, or all are in use.",
       .check = "kubectl get nodes -o custom-columns=N:.metadata.name,G:.status.allocatable.nvidia\\\\.com/gpu: none or 0 "
                "means the plugin or the GPUs, a number means that they are in use",
       .fix = {"kubectl -n kube-system logs -l name=nvidia-device-plugin-ds  # see k8s-plugin-no-nvml", "free GPUs"},
       .texts = {{"insufficient nvidia.com/*"}, {"nodes are available*", "nvidia.com/gpu*|nvidia.com/mig*"}},
       .source = "NVIDIA/k8s-device-plugin#33, #585"},
      {.id = "k8s-runtime-not-configured",
       .where = "engine-start",
       .summary = "The node's containerd (or CRI-O) does not know the runtime nvidia",
       .cause = "The pod's RuntimeClass asks for the handler nvidia, which the node's configuration does not have, or containerd "
                "was not restarted since.",
       .check = "grep -r nvidia /etc/containerd/config.toml /etc/containerd/conf.d on the node: nothing means this; k3s and k0s "
                "have files of their own",
       .fix = {"sudo nvidia-ctk runtime configure --runtime=containerd && sudo systemctl restart containerd",
               "CRI-O: sudo nvidia-ctk runtime configure --runtime=crio && sudo systemctl restart crio"},
       .texts = {{"no runtime for nvidia* is configured"}, {"no runtime for nvidia*"},
                 {"failed to find runtime handler nvidia*"}},
       .source = "NVIDIA/gpu-operator#413, #549, #1298; NVIDIA/k8s-device-plugin#479"},
      {.id = "k8s-runtimeclass-missing",
       .where = "engine-start",
       .summary = "The cluster has no RuntimeClass nvidia",
       .cause = "The pod asks for runtimeClassName: nvidia. The GPU operator makes that object; without the operator somebody "
                "has to.",
       .check = "kubectl get runtimeclass: no nvidia means this",
       .fix = {"printf 'apiVersion: node.k8s.io/v1\\nkind: RuntimeClass\\nmetadata: {name: nvidia}\\nhandler: nvidia\\n' | "
               "kubectl apply -f -",
               "or take runtimeClassName out, where nvidia is the node's default runtime or CDI is used"},
       .texts = {{"runtimeclass nvidia* not found"}, {"runtimeclass*nvidia*not found"}},
       .source = "NVIDIA/k8s-device-plugin#1304; aws-samples/aws-do-eks#96"},
      {.id = "k8s-unhealthy-devices",
       .where = "engine-start",
       .summary = "The node's kubelet has no healthy GPU to give",
       .cause = "The device plugin reports its GPUs as unhealthy (an Xid), or has not registered again since the node or kubelet "
                "was restarted. A pod that was rejected stays in phase Failed.",
       .check = "kubectl get nodes -o custom-columns=N:.metadata.name,G:.status.allocatable.nvidia\\\\.com/gpu: 0 for longer than "
                "a minute means unhealthy GPUs; a number: it was the restart",
       .fix = {"kubectl delete pod POD  # where it was the restart",
               "kubectl -n kube-system logs -l name=nvidia-device-plugin-ds", "sudo dmesg | grep -i xid  # on the node"},
       .texts = {{"no healthy devices present"}, {"requested number of devices unavailable for nvidia.com/*"}, {"cannot allocate unhealthy devices*"}},
       .source = "kubernetes/kubernetes#130145, pkg/kubelet/cm/devicemanager; trueforge-org/truecharts#19201"},
      {.id = "apptainer-no-nv-files",
       .where = "in-container-driver",
       .severity = Severity::warning,
       .summary = "Apptainer with --nv found no driver on this host",
       .cause = "This is a node without a GPU (a login node), or the driver's libraries are not in the loader's cache, where "
                "--nv looks for the names of nvliblist.conf (a Jetson's have others).",
       .check = "ldconfig -p | grep libcuda on the host: nothing means this; nvidia-smi fails too: a node without a GPU",
       .fix = {"start it on a node with a GPU, or leave --nv out", "sudo ldconfig  # where the libraries are there"},
       .texts = {{"could not find any nv files on this host"}},
       .source = "apptainer/singularity#6356; sylabs/singularity#2805"},
      {.id = "volume-mounts-token-as-device",
       .where = "engine-start",
       .summary = "The marker of the device plugin's volume-mounts strategy was read as a GPU's name",
       .cause = "The plugin's DEVICE_LIST_STRATEGY does not fit what the node's toolkit accepts.",
       .check = "grep accept-nvidia-visible-devices-as-volume-mounts /etc/nvidia-container-runtime/config.toml: must be "
                "true for volume-mounts",
       .fix = {"sudo nvidia-ctk config --set accept-nvidia-visible-devices-as-volume-mounts=true --in-place",
               "or DEVICE_LIST_STRATEGY=envvar (or cdi-annotations) for the plugin"},
       .texts = {{"/var/run/nvidia-container-devices*", "unknown device*|device error*|invalid*"}},
       .sign = volume_mount_strategy,
       .source = "NVIDIA/nvidia-container-toolkit#108"},
      {.id = "apptainer-nvccli-contain",
       .where = "in-container-driver",
       .severity = Severity::warning,
       .unasked = Severity::warning,
       .summary = "Apptainer with --nvccli --contain gives no GPU unless NVIDIA_VISIBLE_DEVICES is set",
       .cause = "With --contain it follows that variable, and takes an empty one for nothing.",
       .check = "echo $NVIDIA_VISIBLE_DEVICES before apptainer run: empty means this",
       .fix = {"export NVIDIA_VISIBLE_DEVICES=all  # or indices, before apptainer run --nvccli --contain"},
       .texts = {{"nvidia_visible_devices must be set*|no gpus will be available in container"},
                 {"nvccli|--nvccli|nvidia-container-cli", "contain|--contain", "nvidia_visible_devices"}},
       .sign = apptainer_contained,
       .source = "apptainer/apptainer-userdocs, gpu.rst"},
  };
  return table;
}

}  // namespace cuparity
