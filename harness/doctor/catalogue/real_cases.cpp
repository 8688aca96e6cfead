#include "harness/doctor/catalogue/real_cases.hpp"

namespace cuparity {

std::string real_case_prelude(const std::string& image) {
  return "IMAGE=" + image + R"sh(
DOCKERD=$(command -v ${CUPARITY_TEST_DOCKERD:-dockerd})
W=$(mktemp -d)
finish() { code=$?; if [ -s $W/pid ]; then kill $(cat $W/pid); wait; fi; rm -rf $W; exit $code; }
trap finish EXIT
skip() { echo "$*"; exit 77; }
need() { for program in "$@"; do command -v $program >/dev/null || skip "no $program here"; done; }
R='docker run --rm --network none'
# without_hooks: no GPU hook of a real toolkit may be on the daemon's PATH
without_hooks() { for hook in nvidia-container-runtime-hook nvidia-cdi-hook; do
  command -v $hook >/dev/null && skip "$hook is installed here"; done; }
# compile NAME FLAGS: the C program on stdin
compile() { need cc; name=$1; shift; cc -w -o $W/$name -x c - -x none "$@" 2>$W/said || skip "cc makes no $name: $(tail -n 1 $W/said)"
  chmod 755 $W $W/$name; }
# own_dockerd VERSION CONFIG HOOKS: another dockerd, with hooks that do nothing on its PATH; $R asks it from then on
own_dockerd() {
  [ $(id -u) = 0 ] || skip "only root can start a dockerd"
  [ -n "$DOCKERD" ] || skip "no dockerd here"
  version=$($DOCKERD --version | sed 's/.*version \([0-9]*\).*/\1/')
  [ "$version" -ge $1 ] || skip "needs dockerd $1 or newer, here is $version; CUPARITY_TEST_DOCKERD names another"
  without_hooks
  # Told to have no bridge, dockerd removes a docker0 that it sees: the one of the dockerd that runs here already.
  apart='unshare --net'
  $apart true 2>/dev/null || { [ ! -e /sys/class/net/docker0 ] || skip "a dockerd of our own can't have its own network here"; apart=; }
  mkdir $W/bin $W/cdi; for hook in $3; do printf '#!/bin/sh\nexit 0\n' >$W/bin/$hook; chmod 755 $W/bin/$hook; done
  [ -z "$spec" ] || printf '%s' "$spec" >$W/cdi/test.json
  printf '%s' "$2" | sed "s#@#$W#g" >$W/daemon.json
  PATH=$W/bin:$(dirname $DOCKERD):$PATH $apart $DOCKERD --config-file $W/daemon.json --data-root $W/data --exec-root $W/exec \
    --pidfile $W/pid -H unix://$W/sock --bridge=none --iptables=false >$W/log 2>&1 </dev/null &
  for i in $(seq 60); do docker -H unix://$W/sock version >/dev/null 2>&1 && break; sleep 0.5; done
  docker save $IMAGE | docker -H unix://$W/sock load >/dev/null || skip "our own dockerd does not work here: $(tail -n 1 $W/log)"
  R="docker -H unix://$W/sock run --rm --network none"
  said=$($R $IMAGE sh -c true 2>&1) || skip "our own dockerd starts no container here: $(printf '%s' "$said" | head -n 1)"
}
# cuda_program: a program of CUDA's own runtime in $W, with the runtime beside it
cuda_program() {
  for CUDA in ${CUDA_HOME:-/usr/local/cuda}/lib64 ${CUDA_HOME:-/usr/local/cuda}/lib /usr/lib/x86_64-linux-gnu none; do
    [ -e $CUDA/libcudart.so ] && break; done
  [ $CUDA != none ] || skip "CUDA's runtime library is not here"
  cp $(readlink -f $CUDA/libcudart.so) $W/$(basename $(ls $CUDA/libcudart.so.[0-9]* | head -1) | sed 's/\(so\.[0-9]*\).*/\1/')
  compile program $CUDA/libcudart.so <<END
#include <stdio.h>
int cudaGetDeviceCount(int*); const char* cudaGetErrorString(int);
int main() { int n = 0, e = cudaGetDeviceCount(&n); if (e) printf("cudaGetDeviceCount: %s\n", cudaGetErrorString(e)); return e != 0; }
END
  for library in $(LD_LIBRARY_PATH=$W ldd $W/program | grep -o ' /[^ ]*'); do cp -nL $library $W; done
}
# compose_before VERSION PROGRAM: $COMPOSE is PROGRAM, which must be older
compose_before() {
  COMPOSE=$2; version=$($COMPOSE version --short 2>/dev/null) || skip "no $COMPOSE here"
  [ "$version" != $1 ] && printf '%s\n' "$version" $1 | sort -CV && return
  skip "needs a Compose before $1, here is $version; CUPARITY_TEST_OLD_COMPOSE names an older one"
}
CDI='{"features":{"cdi":true},"cdi-spec-dirs":["@/cdi"]}'
NO_CDI='{"features":{"cdi":false}}'
)sh";
}

const std::vector<RealCase>& real_cases() {
  static const std::vector<RealCase> cases = {
      {"gpus_flag_value", "need docker; docker run --rm --network none --gpus '\"device=0,1' $IMAGE sh -c true", "gpus-flag-value"},
      {"gpus_flag_list", "need docker; docker run --rm --network none --gpus device=0,capabilities=compute,utility $IMAGE sh -c true",
       "gpus-flag-value"},
      {"daemon_json_broken", R"sh([ -n "$DOCKERD" ] && [ $(id -u) = 0 ] || skip "needs root and a dockerd"
printf '{"runtimes": {"nvidia": {"path": "nvidia-container-runtime"}},}' >$W/daemon.json
$DOCKERD --config-file $W/daemon.json --data-root $W/data --exec-root $W/exec --pidfile $W/none -H unix://$W/sock --bridge=none)sh",
       "daemon-json-broken"},
      {"docker_host_elsewhere", "need docker; DOCKER_CONTEXT=cuparity-no-such-context docker version", "docker-host-elsewhere"},
      {"docker_host_unknown", "need docker; docker -H tcp://no-such-host.invalid:2375 version", "docker-host-elsewhere"},
      {"image_of_another_architecture", R"sh(name=cuparity-doctor-arch-$$; mkdir $W/bin
{ printf '\177ELF\002\001\001\000\000\000\000\000\000\000\000\000\002\000\363\000\001\000\000\000'; head -c 4096 /dev/zero; } >$W/bin/sh; chmod 755 $W/bin/sh
[ $(uname -m) != riscv64 ] || skip "this machine is a RISC-V one"
tar -C $W -c bin | docker import - $name >/dev/null; $R $name sh -c true; e=$?; docker rmi $name >/dev/null; exit $e)sh",
       "image-other-architecture"},
      {"device_node_missing",
       "[ -e /dev/nvidia0 ] && skip 'this machine has the node'; $R --device /dev/nvidia0 --device /dev/nvidiactl $IMAGE sh -c true",
       "device-node-missing"},
      {"docker29_without_hook", "own_dockerd 29 \"$CDI\" ''; $R --gpus all $IMAGE sh -c true", "toolkit-missing"},
      {"docker29_without_hook_with_a_specification", R"sh(spec='{"cdiVersion":"0.5.0","kind":"nvidia.com/gpu","devices":[{"name":"all","containerEdits":{"env":["A=1"]}}]}'
own_dockerd 29 "$CDI" ''; $R --gpus all $IMAGE sh -c true)sh",
       "toolkit-missing"},
      {"gpus_capability_unknown", "own_dockerd 20 '{}' nvidia-container-runtime-hook; $R --gpus all,capabilities=utilty $IMAGE sh -c true",
       "gpus-capability-unknown"},
      {"hook_gone_since_the_start",
       "own_dockerd 20 '{}' nvidia-container-runtime-hook; rm $W/bin/nvidia-container-runtime-hook; $R --gpus all $IMAGE sh -c true",
       "hook-program-missing"},
      {"compose_devices_no_list", R"sh(need docker-compose
printf "version: '3.8'\nservices:\n  app: {image: x, deploy: {resources: {reservations: {devices: [{driver: nvidia, count: all, capabilities: gpu}]}}}}\n" >$W/docker-compose.yml
docker-compose -f $W/docker-compose.yml config -q)sh",
       "compose-devices-misspelt"},
      {"runtime_unknown", "$R --runtime=nvidia $IMAGE sh -c true", "runtime-unknown"},
      {"snap_docker_runtime_same_words", "$R --runtime=nvidia $IMAGE sh -c true", "snap-docker-runtime"},
      {"toolkit_missing", "without_hooks; $R --gpus all $IMAGE sh -c true", "toolkit-missing"},
      {"docker_desktop_same_words", "without_hooks; $R --gpus all $IMAGE sh -c true", "docker-desktop-linux-context"},
      {"compose_toolkit_missing", R"sh(without_hooks; need docker-compose
cat >$W/docker-compose.yml <<END
version: '3.8'
services:
  app: {image: $IMAGE, command: [sh, -c, 'true'], network_mode: none, deploy: {resources: {reservations: {devices: [{driver: nvidia, count: all, capabilities: [gpu]}]}}}}
END
docker-compose -f $W/docker-compose.yml run --rm app; e=$?; docker-compose -f $W/docker-compose.yml down >/dev/null 2>&1; exit $e)sh",
       "compose-toolkit-missing"},
      {"gpus_flag_of_build", "docker build --gpus all - </dev/null", "gpus-flag-unknown"},
      {"runtime_program_missing", R"sh(
command -v nvidia-container-runtime >/dev/null && skip "nvidia-container-runtime is installed here"
own_dockerd 1 '{"runtimes":{"nvidia":{"path":"nvidia-container-runtime"}}}' ''
$R --runtime=nvidia $IMAGE sh -c true)sh",
       "runtime-program-missing"},
      {"compose_before_gpus_key", R"sh(compose_before 2.30 docker-compose
printf 'services:\n  app: {image: %s, network_mode: none, gpus: all}\n' $IMAGE >$W/docker-compose.yml
$COMPOSE -f $W/docker-compose.yml run --rm app)sh",
       "compose-schema-too-old"},
      {"compose_before_reservations", R"sh(compose_before 1.28 "${CUPARITY_TEST_OLD_COMPOSE:-docker-compose}"
cat >$W/docker-compose.yml <<END
version: '3.8'
services:
  app: {image: $IMAGE, network_mode: none, deploy: {resources: {reservations: {devices: [{driver: nvidia, count: all, capabilities: [gpu]}]}}}}
END
$COMPOSE -f $W/docker-compose.yml run --rm app)sh",
       "compose-schema-too-old"},
      {"count_and_device_ids",
       "own_dockerd 20 '{}' nvidia-container-runtime-hook; $R --gpus device=0,1 $IMAGE sh -c true", "count-and-device-ids"},
      {"cdi_driver_not_enabled", "own_dockerd 25 \"$NO_CDI\"; $R --gpus driver=cdi $IMAGE sh -c true",
       "cdi-driver-not-enabled"},
      {"cdi_driver_before_docker_25",
       "case $(docker version --format '{{.Server.Version}}') in 19.*|2[0-4].*) ;; *) skip 'needs Docker 19 to 24';; esac; "
       "$R --gpus driver=cdi $IMAGE sh -c true",
       "cdi-driver-not-enabled"},
      // A client of 25 or newer knows a CDI name, and asks the older engine for the driver "cdi".
      {"cdi_name_before_docker_25",
       "case $(docker version --format '{{.Server.Version}}') in 19.*|2[0-4].*) ;; *) skip 'needs Docker 19 to 24';; esac; "
       "case $(docker version --format '{{.Client.Version}}') in 19.*|2[0-4].*) skip 'needs a client of 25 or newer';; esac; "
       "$R --device nvidia.com/gpu=all $IMAGE sh -c true",
       "cdi-driver-not-enabled"},
      {"cdi_name_and_an_older_client",
       "case $(docker version --format '{{.Client.Version}}') in 19.*|2[0-4].*) ;; *) skip 'needs a client of 19 to 24';; esac; "
       "$R --device nvidia.com/gpu=all $IMAGE sh -c true",
       "cdi-name-taken-for-a-file"},
      {"cdi_unresolvable", "own_dockerd 25 \"$CDI\"; $R --device cuparity.test/none=0 $IMAGE sh -c true",
       "cdi-unresolvable-docker"},
      {"cdi_not_generated_same_words", "own_dockerd 25 \"$CDI\"; $R --device nvidia.com/gpu=all $IMAGE sh -c true",
       "cdi-unresolvable-docker"},
      {"cdi_driver_with_count", "own_dockerd 25 \"$CDI\"; $R --gpus driver=cdi,count=1 $IMAGE sh -c true",
       "cdi-driver-with-count"},
      {"cdi_stale_mount", R"sh(spec='{"cdiVersion":"0.5.0","kind":"nvidia.com/gpu","devices":[{"name":"0","containerEdits":{"mounts":[
{"hostPath":"/usr/lib/x86_64-linux-gnu/libcuda.so.0.0.0","containerPath":"/usr/lib/libcuda.so.0.0.0","options":["ro","bind"]}]}}]}'
own_dockerd 25 "$CDI"; $R --device nvidia.com/gpu=0 $IMAGE sh -c true)sh",
       "cdi-stale-missing-lib"},
      {"cdi_hook_missing", R"sh(spec='{"cdiVersion":"0.5.0","kind":"nvidia.com/gpu","devices":[{"name":"0","containerEdits":{"hooks":[
{"hookName":"createContainer","path":"/usr/bin/gone/nvidia-cdi-hook","args":["nvidia-cdi-hook","update-ldcache"]}]}}]}'
own_dockerd 25 "$CDI"; $R --device nvidia.com/gpu=0 $IMAGE sh -c true)sh",
       "cdi-hook-missing"},
      {"cdi_node_missing", R"sh(spec='{"cdiVersion":"0.5.0","kind":"nvidia.com/gpu","devices":[{"name":"0","containerEdits":{"deviceNodes":[
{"path":"/dev/nvidia-uvm"}]}}]}'
[ -e /dev/nvidia-uvm ] && skip "this machine has the node"; own_dockerd 25 "$CDI"; $R --device nvidia.com/gpu=0 $IMAGE sh -c true)sh",
       "uvm-node-missing"},
      {"docker29_cdi_hook_only_no_spec", "own_dockerd 29 \"$CDI\" nvidia-cdi-hook; $R --gpus all $IMAGE sh -c true",
       "docker29-cdi-hook-only-no-spec"},
      {"docker29_cdi_disabled", "own_dockerd 29 \"$NO_CDI\" nvidia-cdi-hook; $R --gpus all $IMAGE sh -c true",
       "docker29-cdi-disabled-cdi-hook-only"},
      {"nvidia_smi_not_found", "$R $IMAGE nvidia-smi", "nvidia-smi-not-found"},
      {"nvidia_smi_not_found_by_shell", "$R $IMAGE sh -c nvidia-smi", "build-nvidia-smi"},
      {"build_nvidia_smi",
       "printf 'FROM %s\\nRUN nvidia-smi\\n' $IMAGE >$W/Dockerfile; DOCKER_BUILDKIT=0 docker build --network none $W",
       "build-nvidia-smi"},
      {"visible_devices_void",
       "$R --env NVIDIA_VISIBLE_DEVICES=void $IMAGE sh -c 'ls /dev/nvidia0; set | cat; exit 1'", "visible-devices-void"},
      {"driver_insufficient",
       "cuda_program; $R --volume $W:/w:ro --env LD_LIBRARY_PATH=/w $IMAGE /w/program", "driver-insufficient"},
      {"stub_libcuda", R"sh(cuda_program; [ -e $CUDA/stubs/libcuda.so ] || skip "CUDA's stubs are not here"
mkdir $W/stubs; cp $CUDA/stubs/libcuda.so $W/stubs/libcuda.so.1
$R --volume $W:/w:ro --env LD_LIBRARY_PATH=/w:/w/stubs $IMAGE /w/program)sh",
       "stub-libcuda"},
      {"libcuda_missing", R"sh(echo 'int cuInit(unsigned f) { return 0; }' | compile libcuda.so -shared -Wl,-soname,libcuda.so.1
echo 'int cuInit(unsigned); int main() { return cuInit(0); }' | compile train -L$W -lcuda
$R --volume $W:/w:ro $IMAGE /w/train)sh",
       "libcuda-missing"},
      {"cudnn_8", R"sh(compile program -ldl <<END
#include <dlfcn.h>
#include <stdio.h>
int main() { dlopen("libcudnn_ops_infer.so.8", RTLD_NOW); fprintf(stderr, "Could not load library libcudnn_ops_infer.so.8. Error: %s\n", dlerror()); return 1; }
END
$R --volume $W:/w:ro $IMAGE /w/program)sh",
       "cudnn-sublib-missing-8"},
      {"cudnn_9", R"sh(compile program -ldl <<END
#include <dlfcn.h>
#include <stdio.h>
int main() { dlopen("libcudnn_ops.so.9", RTLD_NOW); fprintf(stderr, "%s\n", dlerror()); return 1; }
END
$R --volume $W:/w:ro $IMAGE /w/program)sh",
       "cudnn-sublib-missing-9"},
      // The file that a mount into an image leaves behind, kept by a commit, and the loader's own words about it.
      {"zero_length_libcuda", R"sh(echo 'int cuInit(unsigned f) { return 0; }' | compile libcuda.so -shared -Wl,-soname,libcuda.so.1
echo 'int cuInit(unsigned); int main() { return cuInit(0); }' | compile train -L$W -lcuda
name=cuparity-doctor-zero-$$
docker run --network none --name $name --volume $W/libcuda.so:/usr/lib/libcuda.so.1 $IMAGE sh -c true && docker commit $name $name >/dev/null
docker rm $name >/dev/null; $R --volume $W/train:/train:ro --env LD_LIBRARY_PATH=/usr/lib $name /train; e=$?; docker rmi $name >/dev/null; exit $e)sh",
       "zero-length-libcuda"},
      {"set_mempolicy", R"sh(compile program <<END
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>
int main() { if (syscall(SYS_set_mempolicy, 0, 0, 0) != 0) { perror("set_mempolicy"); return 1; } return 0; }
END
$R --volume $W:/w:ro $IMAGE /w/program && skip "this engine allows it")sh",
       "set-mempolicy"},
      {"pidfd_getfd", R"sh(compile program <<END
#include <stdio.h>
#include <unistd.h>
int main() { if (syscall(438, syscall(434, getpid(), 0), 0, 0) < 0) { perror("pidfd_getfd"); return 1; } return 0; }
END
$R --volume $W:/w:ro $IMAGE /w/program >$W/said 2>&1 && skip "this engine allows it"
cat $W/said; grep -q 'not implemented' $W/said && skip "this kernel has no pidfd_getfd")sh",
       "pidfd-getfd"},
      {"memlock", R"sh(compile program <<END
#include <stdio.h>
#include <string.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
int main() { if (mlock(malloc(1 << 20), 1 << 20) != 0) { printf("ibv_reg_mr failed: %s\n", strerror(errno)); return 1; } return 0; }
END
$R --ulimit memlock=65536:65536 --volume $W:/w:ro $IMAGE /w/program)sh",
       "memlock-limit"},
      {"nccl_shm_too_small",
       "$R $IMAGE sh -c 'dd if=/dev/zero of=/dev/shm/nccl-test bs=1048576 count=80' || { echo NCCL WARN; exit 1; }",
       "nccl-shm-too-small"},
      {"nofile",
       "$R --ulimit nofile=8:8 $IMAGE sh -c 'exec 3</bin/sh 4</bin/sh 5</bin/sh 6</bin/sh 7</bin/sh; cat /bin/sh'",
       "nofile-1024"},
      {"stale_mount",
       "$R --mount type=bind,source=/usr/lib/x86_64-linux-gnu/libcuda.so.0.0.0,target=/usr/lib/libcuda.so.1 $IMAGE sh -c true",
       "cdi-stale-missing-lib"},
      {"stale_node", "[ -e /dev/nvidia-uvm ] && skip 'this machine has the node'; $R --device /dev/nvidia-uvm:/dev/nvidia-uvm $IMAGE sh -c true",
       "uvm-node-missing"},
      {"debian_conflicting_signed_by", R"sh(need apt-get; mkdir -p $W/lists/partial; touch $W/a.gpg $W/b.gpg
for key in a b; do echo "deb [signed-by=$W/$key.gpg] http://127.0.0.1:9/libnvidia-container stable main" >>$W/sources.list; done
apt-get -o Dir::Etc::sourcelist=$W/sources.list -o Dir::Etc::sourceparts=/dev/null -o Dir::State::lists=$W/lists update)sh",
       "debian-conflicting-signed-by"},
      {"docker_not_running", "need docker; docker -H unix://$W/none version", "docker-not-running"},
      {"docker_socket_permission", R"sh(need docker setpriv; [ $(id -u) = 0 ] || skip "only root can become another user"
[ -S /var/run/docker.sock ] || skip "no docker.sock here"
[ "$(stat -c %a /var/run/docker.sock)" = 660 ] || skip "docker.sock is open to everybody here"
setpriv --reuid 65534 --regid 65534 --clear-groups env HOME=$W DOCKER_HOST=unix:///var/run/docker.sock docker version)sh",
       "docker-socket-permission"},
      {"podman_rlimit", R"sh(need podman; podman image exists $IMAGE || docker save $IMAGE | podman load >/dev/null || skip "podman loads no image"
podman run --rm --network none $IMAGE sh -c true && skip "podman may raise limits here")sh",
       "podman-rlimit-not-permitted"},
      {"podman_gpus_noop", R"sh(need podman; podman image exists $IMAGE || docker save $IMAGE | podman load >/dev/null || skip "podman loads no image"
case $(podman version --format '{{.Client.Version}}') in 3.*|4.*) ;; *) skip "needs Podman 3 or 4";; esac
set -- --network none; podman run --rm "$@" $IMAGE sh -c true 2>/dev/null || set -- --network none --ulimit nofile=1024:1024 --ulimit nproc=1024:1024
podman run --rm "$@" $IMAGE sh -c true || skip "podman starts no container"
echo "podman run --gpus all"; podman run --rm --gpus all "$@" $IMAGE nvidia-smi)sh",
       "podman-gpus-noop"},
      // On a GPU machine with Docker and the toolkit.
      {"gpu_unknown_index", "$R --gpus device=99 $IMAGE sh -c true", "unknown-device-id", RealPlace::gpu_machine},
      {"gpu_unknown_name", "$R --gpus driver=nvidia.runtime-hook,device=false $IMAGE sh -c true", "unknown-device-new-text",
       RealPlace::gpu_machine},
      {"gpu_require_cuda",
       "$R --gpus driver=nvidia.runtime-hook --env NVIDIA_REQUIRE_CUDA='cuda>=99.0' $IMAGE sh -c true",
       "require-cuda-unsatisfied", RealPlace::gpu_machine},
      {"gpu_image_ships_driver_files", R"sh(name=cuparity-doctor-ships-$$
docker run --network none --name $name $IMAGE sh -c 'touch /usr/bin/nvidia-smi' || docker run --network none --name $name $IMAGE sh -c 'mkdir -p /usr/bin; touch /usr/bin/nvidia-smi'
docker commit $name $name >/dev/null; docker rm $name >/dev/null
$R --gpus driver=nvidia.runtime-hook $name sh -c true; e=$?; docker rmi $name >/dev/null; [ $e != 0 ] || skip "this toolkit mounts over the file"; exit $e)sh",
       "image-ships-driver-libs-file-exists", RealPlace::gpu_machine},
      {"gpu_libraries_without_nodes", R"sh(library=$(ldconfig -p | sed -n 's/.*libnvidia-ml.so.1 (.*x86-64.*=> //p' | head -1); smi=$(command -v nvidia-smi)
[ -n "$library" ] && [ -n "$smi" ] || skip "nvidia-smi or its library was not found"
$R --volume $(readlink -f $library):/lib64/libnvidia-ml.so.1:ro --volume $(readlink -f $smi):/nvidia-smi:ro --volume /lib/x86_64-linux-gnu:/host:ro --env LD_LIBRARY_PATH=/lib64:/host $IMAGE /nvidia-smi)sh",
       "driver-libraries-without-nodes", RealPlace::gpu_machine},
  };
  return cases;
}

}  // namespace cuparity
