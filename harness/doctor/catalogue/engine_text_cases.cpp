#include "harness/doctor/catalogue/text_cases.hpp"

namespace cuparity {

std::vector<TextCase> engine_text_cases() {
  return {
      {"toolkit-missing",
       {"Error response from daemon: could not select device driver '' with\n  capabilities: [[gpu compute utility]]",
        "Nov  3 09:12:44 node7 dockerd[911]: time=\"2025-11-03T09:12:44\" level=error msg=\"Handler for POST "
        "/v1.51/containers/x/start returned error: could not select device driver \\\"\\\" with capabilities: [[gpu]]\""}},
      {"compose-toolkit-missing",
       {" Container app-1  Error response from daemon: could not select device driver 'nvidia' with capabilities: "
        "[[compute gpu]]",
        "ERROR: for llm  Cannot start service llm: could not select device driver\n\"nvidia\" with capabilities: [[gpu]]"}},
      {"docker-desktop-linux-context",
       {"$ docker context show\ndesktop-linux\n$ docker run --gpus 1 ubuntu\ndocker: Error response from daemon: could not "
        "select device driver \"\" with capabilities: [[gpu]]",
        "Docker Desktop 4.40 on Ubuntu: nvidia-container-cli: initialization error: load library failed: "
        "libnvidia-ml.so.1"}},
      {"cdi-driver-not-enabled",
       {"Error response from daemon: could not select device driver 'cdi' with capabilities: []",
        "could not select device\ndriver \"cdi\" with capabilities: [[gpu]]"}},
      {"docker29-cdi-hook-only-no-spec",
       {"docker: Error response from daemon: failed to create task: CDI device injection failed: unresolvable CDI device\ns "
        "nvidia.com/gpu=0, nvidia.com/gpu=1",
        "29.3.0: `docker run --gpus 2` -> CDI device injection failed: unresolvable CDI devices nvidia.com/gpu=all"}},
      {"docker29-cdi-disabled-cdi-hook-only",
       {"Error response from daemon: no CDI device driver registered",
        "no CDI device\n driver registered: could not select device driver \"\" with capabilities: [[gpu]]"}},
      {"cdi-driver-with-count",
       {"Error response from daemon: CDI device injection failed: unexpected count in CDI device request",
        "unexpected  count in\nCDI device request: 2"}},
      {"runtime-unknown",
       {"docker: Error response from daemon: Unknown runtime specified nvidia.\nSee 'docker run --help'.",
        "ERROR: for gpu  Cannot create container for service gpu: unknown or invalid runtime\nname: nvidia"}},
      {"snap-docker-runtime",
       {"/snap/bin/docker run --runtime=nvidia x\nError response from daemon: unknown or invalid runtime name: nvidia",
        "snap.docker.dockerd: Unknown runtime specified nvidia"}},
      {"snap-docker-nvml",
       {"/snap/docker/2932: OCI runtime create failed: nvidia-container-cli: initialization error: load library failed: "
        "libnvidia-ml.so.1: cannot open shared object file",
        "docker from snap 27.2\nnvidia-container-cli: initialization\nerror: load library failed: libnvidia-ml.so.1"}},
      {"driver-library-mismatch-start",
       {"runc create failed: unable to start container process: error during container init: error running prestart hook "
        "#0: exit status 1, stderr: Auto-detected mode as 'legacy' nvidia-container-cli: initialization error: nvml\nerror: "
        "driver/library version mismatch",
        "[  812.001234] NVRM: API mismatch: the client has the version 580.95.05, but this kernel module has the version "
        "580.82.07."}},
      {"driver-library-mismatch-inside",
       {"Failed to initialize NVML: Driver/library version mismatch\nNVML library version: 535.230",
        "nvidia-smi says \xe2\x80\x9c" "Failed to initialize NVML: Driver/library version\nmismatch\xe2\x80\x9d"}},
      {"rootless-bpf-not-permitted",
       {"failed to add device rules: unable to find any existing device filters attached to the cgroup: "
        "bpf_prog_query(BPF_CGROUP_DEVICE) failed: operation not permitted",
        "stderr: nvidia-container-cli: mount error: failed to add device rules: bpf_prog_attach: Permission denied"}},
      {"bpf-load-invalid-argument",
       {"mount error: failed to add device rules: unable to generate new device filter program from existing programs: "
        "load program: invalid argument: last insn is not an exit or jmp",
        "unable to create new device filters program:\n   load program: invalid argument"}},
      {"cgroupv2-old-lib",
       {"nvidia-container-cli: container error: cgroup subsystem devices not found\\n",
        "OCI runtime error: container error: cgroup\nsubsystem devices not found"}},
      {"nvml-insufficient-permissions-start",
       {"stderr: nvidia-container-cli: initialization error: nvml error: insufficient permissions",
        "podman: error executing hook: nvidia-container-cli: initialization error: nvml error: insufficient\npermissions"}},
      {"unknown-device-id",
       {"nvidia-container-cli: device error: unknown device id: 7",
        "device error: GPU-11111111-2222-3333-4444-555555555555: unknown device; nvidia-container-cli: device error: "
        "9: unknown device"}},
      {"unknown-device-new-text",
       {"nvidia-container-cli: device error: true: unknown device",
        "stderr: nvidia-container-cli: device error: gpu0: unknown\n device: unknown."}},
      {"count-and-device-ids",
       {"Error response from daemon: cannot set both Count and DeviceIDs on device request",
        "services.x.deploy: \"count\" and \"device_ids\" attributes are exclusive"}},
      {"jit-cdi-unresolvable",
       {"OCI spec: failed to inject CDI devices: unresolvable CDI devices runtime.nvidia.com/gpu=0",
        "failed to inject devices: unresolvable CDI devices\nruntime.nvidia.com/gpu=GPU-1"}},
      {"gpu-operator-management-cdi",
       {"failed to create shim task: unresolvable CDI devices management.nvidia.com/gpu=all",
        "Warning Failed: unresolvable CDI devices\n management.nvidia.com/gpu=GPU-abc"}},
      {"cdi-unresolvable-docker",
       {"Error: setting up CDI devices: unresolvable CDI devices nvidia.com/gpu=9",
        "CDI device injection failed: unresolvable CDI\ndevices vendor.example/net=a"}},
      {"cdi-schema-hostpath",
       {"Error: failed to load CDI Spec: error unmarshaling JSON: while decoding JSON: json: unknown field 'hostPath'",
        "failed to parse CDI Spec /etc/cdi/nvidia.yaml: json: unknown\n field \\\"hostPath\\\""}},
      {"cdi-stale-missing-lib",
       {"OCI runtime create failed: error mounting \"/usr/lib/x86_64-linux-gnu/libcuda.so.550.54.14\" to rootfs: stat: no "
        "such file or directory",
        "Error: runc: stat /usr/lib64/libnvidia-ptxjitcompiler.so.570.1: no such\nfile or directory"}},
      {"cdi-conflicting-device",
       {"Error: setting up CDI devices: conflicting device \"nvidia.com/gpu=0\" (specs \"/etc/cdi/nvidia.yaml\", "
        "\"/etc/cdi/nvidia-container-toolkit.json\")",
        "level=error msg=\"CDI cache: conflicting device nvidia.com/gpu=all\n(specs /var/run/cdi/a.yaml, /var/run/cdi/b.yaml)\""}},
      {"cdi-hook-missing",
       {"error during container init: error running createContainer hook #1: fork/exec /opt/x/nvidia-ctk: no such file or "
        "directory",
        "Error: crun: error executing hook `/usr/bin/nvidia-cdi-hook` (exit code: 1): No such file or directory"}},
      {"cdi-not-generated-before-docker",
       {"after a reboot: unresolvable CDI devices nvidia.com/gpu=all; a manual restart works",
        "on boot the container fails, CDI spec is generated later, before that docker has already started it; unresolvable "
        "CDI devices nvidia.com/gpu=0"}},
      {"compose-schema-too-old",
       {"ERROR: The Compose file './docker-compose.yml' is invalid because:\nservices.gpu.deploy.resources.reservations "
        "value Additional properties are not allowed ('devices' was unexpected)",
        "services.web.deploy.resources.reservations value Additional properties are\nnot allowed (u'devices' was unexpected)",
        "The Compose file './compose.yaml' is invalid because:\nservices.train.deploy.resources.reservations value 'devices' "
        "does not match any of the regexes: '^x-'",
        "ERROR: The Compose file './docker-compose.yml' is invalid because:\nUnsupported config option for services.train: "
        "'gpus'",
        "validating /srv/app/compose.yaml: services.train Additional property gpus is not allowed",
        "validating compose.yml: services.train additional properties\n'gpus' not allowed"}},
      {"require-cuda-unsatisfied",
       {"nvidia-container-cli: requirement error: unsatisfied condition: cuda>=13.0, please update your driver",
        "requirement error:\nunsatisfied condition: brand=tesla; cuda>=11.8"}},
      {"csv-mode-hook-direct",
       {"stderr: Auto-detected mode as 'csv'\ninvoking the NVIDIA Container Runtime Hook\ndirectly (e.g. specifying the docker "
        "--gpus flag) is not supported",
        "stderr: Auto-detected mode as \"csv\""}},
      {"hook-mode-not-legacy",
       {"error running prestart hook #0: exit status 1, stdout: , stderr: Using requested mode 'cdi'\ninvoking the NVIDIA "
        "Container Runtime Hook directly (e.g. specifying the docker --gpus flag) is not supported. Please use the NVIDIA "
        "Container Runtime (e.g. specify the --runtime=nvidia flag) instead.: unknown",
        "invoking the NVIDIA Container Runtime Hook directly (e.g. specifying the docker --gpus flag) is not supported"}},
      {"driver-library-mismatch-start",
       {"Failed to initialize NVML: Driver/library version mismatch\nNVML library version: 580.95",
        "nvidia-smi: Failed to initialize NVML: Driver/library version mismatch"}},
      {"ldconfig-path",
       {"nvidia-container-cli: ldcache error: process /sbin/ldconfig failed with error code: 127",
        "stderr: nvidia-container-cli: ldcache\nerror: open failed: /sbin/ldconfig.real: no such file or directory"}},
      {"image-ships-driver-libs-file-exists",
       {"nvidia-container-cli: mount error: file creation failed: "
        "/var/lib/docker/overlay2/1/merged/usr/lib/x86_64-linux-gnu/libcuda.so.1: file exists",
        "mount error: file creation failed: /x/merged/usr/bin/nvidia-smi:\nfile exists"}},
      {"compat-broken-symlink",
       {"mount error: stat failed: /var/lib/docker/overlay2/2/merged/usr/local/cuda-12.4/compat/libcuda.so.550.54.15: no "
        "such file or directory",
        "nvidia-container-cli: mount error: stat failed: "
        "/data/merged/usr/local/cuda-11.8/compat/libcuda.so.520.61.05:\nno such file or directory"}},
      {"driver-rpc-timeout",
       {"nvidia-container-cli: initialization error: driver rpc error: timed out",
        "stderr: initialization error: driver rpc\nerror: timed out"}},
      {"apparmor-profile",
       {"runc: unable to apply apparmor profile: apparmor failed to apply profile: write /proc/self/attr/apparmor/exec: no "
        "such file or directory",
        "AppArmor enabled on system but the docker-default profile could not be loaded: error"}},
      {"apparmor-userns-enroot",
       {"[rootlesskit:parent] error: failed to start the child: fork/exec /proc/self/exe: operation not permitted",
        "enroot-mount: failed to create user\nnamespace: Operation not permitted"}},
      {"debian-conflicting-signed-by",
       {"E: Conflicting values set for option Signed-By regarding source "
        "https://nvidia.github.io/libnvidia-container/stable/deb/amd64/ /: /usr/share/keyrings/a.gpg != ",
        "E: Conflicting values set for option\nSigned-By regarding source https://example.org/ /"}},
      {"wsl-no-adapter",
       {"nvidia-container-cli: initialization error: WSL environment detected but no adapters were found",
        "WSL environment detected but\nno adapters were found"}},
      {"wsl-device-selection",
       {"On WSL2 docker run --gpus device=1 shows all of the GPUs", "WSL: --gpus 'device=0', container still sees both GPUs"}},
      {"volume-mounts-token-as-device",
       {"device error: /var/run/nvidia-container-devices: unknown device",
        "containerd: nvidia-container-cli: device error:\n/var/run/nvidia-container-devices/all: unknown device"}},
      {"podman-rlimit-not-permitted",
       {"Error: runc: runc create failed: unable to start container process: error during container init: error setting "
        "rlimit type 7: operation not permitted",
        "crun: setrlimit `RLIMIT_NPROC`: Operation not\npermitted: OCI permission denied"}},
      {"podman-gpus-noop",
       {"Error: crun: executable file `nvidia-smi` not found: No such file or directory",
        "podman run --gpus all ubuntu nvidia-smi\nError: runc: exec: \"nvidia-smi\": executable file not found in $PATH"}},
      {"docker-socket-permission",
       {"permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock: Get "
        "\"http://%2Fvar%2Frun%2Fdocker.sock/v1.45/info\": dial unix /var/run/docker.sock: connect: permission denied",
        "permission denied while trying to connect to the docker API at\nunix:///var/run/docker.sock"}},
      {"docker-not-running",
       {"Cannot connect to the Docker daemon at unix:///run/user/1000/docker.sock. Is the docker daemon running?",
        "error during connect: Get \"http://%2F%2F.%2Fpipe%2FdockerDesktopLinuxEngine/v1.47/version\": open "
        "//./pipe/dockerDesktopLinuxEngine: The system cannot find the file specified.",
        "ERROR: Couldn't connect to Docker daemon at http+docker://localhost - is it running?",
        "failed to connect to the docker API at unix:///var/run/docker.sock; check if the path is\ncorrect and if the "
        "daemon is running"}},
      {"toolkit-missing",
       {"docker: Error response from daemon: failed to discover GPU vendor from CDI: no known GPU vendor found",
        "docker: Error response from daemon: AMD CDI spec not found\n\nRun 'docker run --help' for more information"}},
      {"gpus-capability-unknown",
       {"docker: Error response from daemon: could not select device driver \"\" with capabilities: [[foo gpu]]",
        "could not select device driver \"nvidia\" with capabilities: [[gpu utilty]]"}},
      {"hook-library-missing",
       {"error running hook: exit status 127, stdout: , stderr: Auto-detected mode as 'legacy'\n/usr/bin/nvidia-container-cli: error "
        "while loading shared libraries: libnvidia-container.so.1: cannot open shared object file: No such file or directory",
        "exec: \"nvidia-container-cli\": executable file not found in $PATH"}},
      {"toolkit-config-broken",
       {"error getting hook config: failed to load config: couldn't open required configuration file: (1, 2): unexpected token "
        "unclosed table key, was expecting a table key",
        "level=error msg=\"error loading config: failed to unmarshal config: (2, 1): Can't convert true(string) to bool\""}},
      {"nvidia-docker-gone", {"bash: nvidia-docker: command not found", "sudo: nvidia-ctk: command not found"}},
      {"podman-rootless-ids",
       {"cannot set up namespace using \"/usr/bin/newuidmap\": exit status 1: newuidmap: write to uid_map failed: Operation not "
        "permitted",
        "ERRO[0000] cannot find UID/GID for user u: no subuid ranges found for user \"u\" in /etc/subuid",
        "potentially insufficient UIDs or GIDs available in user namespace (requested 0:42 for /etc/gshadow): Check /etc/subuid"}},
      {"podman-no-session",
       {"Failed to get rootless runtime dir for DefaultAPIAddress: lstat /run/user/1001: no such file or directory",
        "Error: error creating tmpdir: mkdir /run/user/1000: permission denied",
        "WARN[0000] The cgroupv2 manager is set to systemd but there is no systemd user session available",
        "Error: XDG_RUNTIME_DIR directory \"/run/user/1001\" is not owned by the current user"}},
      {"daemon-json-broken",
       {"unable to configure the Docker daemon with file /etc/docker/daemon.json: invalid character '}' looking for beginning of "
        "object key string",
        "Job for docker.service failed because the control process exited with error code.\nSee \"systemctl status "
        "docker.service\" and \"journalctl -xe\" for details.",
        "systemd[1]: docker.service: Start request repeated too quickly.",
        "unable to configure the Docker daemon with file /etc/docker/daemon.json: the following directives are specified both as "
        "a flag and in the configuration file: hosts: (from flag: [fd://], from file: [unix:///var/run/docker.sock])"}},
      {"docker-host-elsewhere",
       {"failed to connect to the docker API at tcp://10.0.0.5:2375: dial tcp 10.0.0.5:2375: i/o timeout",
        "error during connect: Get \"http://gpubox:2375/v1.24/containers/json\": dial tcp: lookup gpubox: no such host",
        "Failed to initialize: unable to resolve docker endpoint: context \"gpubox\": context not found: open "
        "/root/.docker/contexts/meta/1/meta.json: no such file or directory"}},
      {"gpus-flag-value",
       {"invalid argument \"device=0,capabilities=compute,utility\" for \"--gpus\" flag: invalid count (utility): value must be "
        "either \"all\" or an integer: invalid syntax",
        "invalid argument \"'device=0,1'\" for \"--gpus\" flag: unexpected key ''device' in ''device=0'",
        "invalid argument \"\\\"device=0,1\" for \"--gpus\" flag: parse error on line 1, column 12: extraneous or missing \" in "
        "quoted-field"}},
      {"compose-devices-misspelt",
       {"validating /x/docker-compose.yml: services.app.deploy.resources.reservations.devices.0 missing property 'capabilities'",
        "services.app.deploy.resources.reservations.devices.capabilities contains an invalid type, it should be an array",
        "validating /x/compose.yaml: services.app.gpus must be a string",
        "'services[app].deploy.resources.reservations.devices[0].count' invalid value \"alle\", the only value allowed is 'all' or a "
        "number"}},
      {"compose-runtime-key",
       {"ERROR: The Compose file './docker-compose.yml' is invalid because:\nUnsupported config option for services.hello: 'runtime'",
        "services.app Additional property runtime is not allowed"}},
      {"toolkit-not-in-apt",
       {"Building dependency tree... Done\nReading state information... Done\nE: Unable to locate package nvidia-container-toolkit",
        "Package nvidia-docker2 is not available, but is referred to by another package.\nE: Package 'nvidia-docker2' has no "
        "installation candidate",
        "No match for argument: nvidia-container-toolkit\nError: Unable to find a match"}},
      {"cuda-image-tag-gone",
       {"docker: Error response from daemon: manifest for nvidia/cuda:latest not found: manifest unknown: manifest unknown.",
        "Error: initializing source docker://nvidia/cuda:10.2-cudnn7-devel-ubuntu18.04: reading manifest "
        "10.2-cudnn7-devel-ubuntu18.04 in docker.io/nvidia/cuda: manifest unknown"}},
      {"image-other-architecture",
       {"exec /bin/sh: exec format error",
        "WARNING: The requested image's platform (linux/arm64) does not match the detected host platform (linux/amd64/v3) and no "
        "specific platform was requested",
        "standard_init_linux.go:228: exec user process caused \"exec format error\""}},
      {"driver-module-not-signed",
       {"modprobe: ERROR: could not insert 'nvidia': Key was rejected by service",
        "modprobe: ERROR: could not insert 'nvidia_current': Required key not available"}},
      {"driver-module-not-built",
       {"modprobe: FATAL: Module nvidia not found in directory /lib/modules/6.8.0-45-generic",
        "ERROR: Unable to find the kernel source tree for the currently running kernel."}},
      {"gpu-not-initialised",
       {"$ nvidia-smi\nNo devices were found", "NVRM: GPU 0000:98:00.0: RmInitAdapter failed! (0x62:0x65:1792)",
        "NVRM: installed in this system requires use of the NVIDIA open kernel modules.",
        "NVRM: installed in this system is not supported by open\nNVRM: nvidia.ko because it does not include the required GPU",
        "NVRM: installed in this system is not supported by the\nNVRM: NVIDIA 535.54 driver release."}},
      {"device-node-missing",
       {"docker: Error response from daemon: error gathering device information while adding custom device \"/dev/nvidia0\": no such "
        "file or directory",
        "Error: stat /dev/nvidiactl: no such file or directory"}},
      {"hook-program-missing",
       {"docker: Error response from daemon: exec: \"nvidia-container-runtime-hook\": executable file not found in $PATH.",
        "error running prestart hook #0: fork/exec /usr/bin/nvidia-container-runtime-hook: no such file or directory",
        "ERROR: inject NVIDIA hook: stat /usr/bin/nvidia-container-runtime-hook: no such file or directory"}},
      {"driver-not-loaded",
       {"failed to generate CDI spec: failed to create edits common for entities: failed to initialize NVML: "
        "ERROR_DRIVER_NOT_LOADED",
        "Failed to initialize NVML: Driver Not Loaded"}},
      {"cdi-name-taken-for-a-file",
       {"docker: Error response from daemon: error gathering device information while adding custom device "
        "\"nvidia.com/gpu=1\": no such file or directory",
        "Error: stat nvidia.com/gpu=0: no such file or\ndirectory"}},
      {"host-driver-missing",
       {"nvidia-container-cli: initialization error: load library failed: libnvidia-ml.so.1: cannot open shared object "
        "file: no such file or directory",
        "stderr: Auto-detected mode as 'legacy'\nnvidia-container-cli: initialization error: load library failed:\n"
        "libnvidia-ml.so.1"}},
      {"driver-not-loaded",
       {"docker: Error response from daemon: OCI runtime create failed: runc create failed: unable to start container process: "
        "error during container init: error running hook #0: exit status 1, stdout: , stderr: Auto-detected mode as 'legacy'\n"
        "nvidia-container-cli: initialization error: nvml error: driver not loaded: unknown.",
        "Failed to initialize NVML: Driver Not Loaded",
        "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that the latest NVIDIA driver "
        "is installed and running."}},
      {"persistenced-socket-gone",
       {"OCI runtime create failed: runc create failed: unable to start container process: error during container init: failed "
        "to fulfil mount request: open /run/nvidia-persistenced/socket: no such file or directory: unknown",
        "Error: crun: mount `/run/nvidia-persistenced/socket` to `run/nvidia-persistenced/socket`: No such file or directory"}},
      {"persistenced-socket-in-the-way",
       {"nvidia-container-cli: mount error: file creation failed: "
        "/var/lib/docker/overlay2/1/merged/run/nvidia-persistenced/socket: no such device or address: unknown.",
        "slurmstepd: error: pyxis:     nvidia-container-cli: mount error: file creation failed: "
        "/raid/enroot-data/user-9011/pyxis_64.0/run/nvidia-persistenced/socket: no such device or address"}},
      {"hook-driver-service-failed",
       {"docker: Error response from daemon: OCI runtime create failed: container_linux.go:380: starting container process "
        "caused: process_linux.go:545: container init caused: Running hook #0:: error running hook: exit status 1, stdout: , "
        "stderr: nvidia-container-cli: initialization error: driver error: failed to process request: unknown.",
        "nvidia-container-cli: initialization error: driver rpc error: failed to process request"}},
      {"hook-capability-refused",
       {"nvidia-container-cli: permission error: capability change failed: operation not permitted\n[ERROR] "
        "/etc/enroot/hooks.d/98-nvidia.sh exited with return code 1",
        "stderr: nvidia-container-cli: permission error: operation not permitted"}},
      {"unsupported-driver-capabilities",
       {"stdout: , stderr: Auto-detected mode as 'legacy'\nunsupported capabilities found in 'compute,profile,utility' (allowed "
        "'compute,utility'): unknown",
        "hook #0: unsupported capabilities found in 'compute,graphics,utility' (allowed 'compute,utility')"}},
      {"rootless-bpf-not-permitted",
       {"nvidia-container-cli: mount error: open failed: /sys/fs/cgroup/devices/user.slice/devices.allow: permission denied",
        "nvidia-container-cli: mount error: write error: /sys/fs/cgroup/devices/docker/09/devices.allow: operation not permitted"}},
      {"mig-config-permission",
       {"nvidia-container-cli: mount error: open failed: /proc/driver/nvidia/capabilities/mig/config: permission denied",
        "cannot set MIG_MONITOR_DEVICES in non privileged container: unknown"}},
      {"wsl-gpu-access-blocked",
       {"Failed to initialize NVML: GPU access blocked by the operating system\nFailed to properly shut down NVML: GPU access "
        "blocked by the operating system",
        "nvidia-smi in WSL2's docker container: GPU access blocked by the operating system"}},
      {"gpus-flag-unknown",
       {"unknown flag: --gpus\nSee 'docker run --help'.", "Error: unknown flag: --gpus",
        "FATA[0000] unknown flag: --gpus"}},
      {"runtime-program-missing",
       {"docker: Error response from daemon: OCI runtime create failed: unable to retrieve OCI runtime error (open "
        "/run/containerd/io.containerd.runtime.v1.linux/moby/9e/log.json: no such file or directory): exec: "
        "\"nvidia-container-runtime\": executable file not found in $PATH: unknown.",
        "fork/exec /usr/bin/nvidia-container-runtime: no such file or directory: unknown"}},
      {"build-nvidia-smi",
       {"#9 0.312 /bin/sh: 1: nvidia-smi: not found\nERROR: failed to solve: process \"/bin/sh -c nvidia-smi\" did not "
        "complete successfully: exit code: 127",
        "Step 4/9 : RUN nvidia-smi\n/bin/sh: nvidia-smi: command not found\nThe command '/bin/sh -c nvidia-smi' returned a "
        "non-zero code: 127"}},
  };
}

}  // namespace cuparity
