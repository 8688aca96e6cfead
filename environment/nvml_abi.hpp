// The part of NVML's public C interface that is used here, declared by hand: the header is not part of
// every CUDA installation, and its layouts are a stable ABI.
#pragma once

namespace cuparity::environment::nvml {

using Return = int;
inline constexpr Return success = 0;
inline constexpr Return insufficient_size = 7;
inline constexpr Return function_not_found = 13;

using Device = struct DeviceHandle*;

inline constexpr unsigned uuid_size = 96;
inline constexpr unsigned name_size = 96;
inline constexpr unsigned version_size = 80;
inline constexpr unsigned part_number_size = 80;

/// nvmlPciInfo_t of nvmlDeviceGetPciInfo_v3.
struct PciInfo {
  char bus_id_legacy[16];
  unsigned domain;
  unsigned bus;
  unsigned device;
  unsigned pci_device_id;
  unsigned pci_subsystem_id;
  char bus_id[32];
};

/// nvmlMemory_t.
struct Memory {
  unsigned long long total;
  unsigned long long free;
  unsigned long long used;
};

/// nvmlProcessInfo_t of nvmlDeviceGetComputeRunningProcesses_v3.
struct ProcessInfo {
  unsigned pid;
  unsigned long long used_gpu_memory;
  unsigned gpu_instance_id;
  unsigned compute_instance_id;
};

inline constexpr unsigned clock_sm = 1;
inline constexpr unsigned clock_memory = 2;
inline constexpr unsigned temperature_gpu = 0;

using Init = Return (*)();
using InitWithFlags = Return (*)(unsigned flags);
using Shutdown = Return (*)();
using ErrorString = const char* (*)(Return);
using SystemGetText = Return (*)(char* text, unsigned length);
using SystemGetNumber = Return (*)(int* value);
using GetCount = Return (*)(unsigned* count);
using GetHandleByIndex = Return (*)(unsigned index, Device* device);
using GetHandleByUuid = Return (*)(const char* uuid, Device* device);
using GetMigHandle = Return (*)(Device, unsigned index, Device* mig);
using GetText = Return (*)(Device, char* text, unsigned length);
using GetPciInfo = Return (*)(Device, PciInfo*);
using GetMemoryInfo = Return (*)(Device, Memory*);
using GetState = Return (*)(Device, unsigned* state);
using GetTwoStates = Return (*)(Device, unsigned* current, unsigned* pending);
using GetKind = Return (*)(Device, unsigned kind, unsigned* value);
using GetMask = Return (*)(Device, unsigned long long* mask);
using GetProcesses = Return (*)(Device, unsigned* count, ProcessInfo* infos);

}  // namespace cuparity::environment::nvml
