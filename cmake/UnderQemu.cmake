# Which cases a test program runs under qemu-user (GTEST_FILTER); the others run whole. Left out is what qemu cannot do:
# its processes are no sessions and its failing exec is not seen, it has no death tests without binfmt_misc, and it takes
# real memory for address space; and what takes minutes there and says nothing about Arm.
set(RBEE_QEMU_FILTER_base_test "-ChildProcessTest.*")
set(RBEE_QEMU_FILTER_formats_test "-*DeathTest.*")
set(RBEE_QEMU_FILTER_cpu_packed_weights_test "-*more_than_the_memory*")
set(RBEE_QEMU_FILTER_cpu_conformance_test "*neondotprod*:*neoni8mm*:*Kv*")  # neon: on a cortex-a53
set(RBEE_QEMU_FILTER_cpu_attention_test "*do_not_depend*neondotprod")
set(RBEE_QEMU_FILTER_cpu_reproducibility_test "*neoni8mm*")
set(RBEE_QEMU_FILTER_weights_test "*Layout*:*the_second_start*:Random*")
set(RBEE_QEMU_FILTER_golden_test "*tiny_llama_Q*_cpu_*:*tiny_qwen2_cpu*:*gemma2_cpu*:*phi3_cpu*:*mistral_cpu*")
