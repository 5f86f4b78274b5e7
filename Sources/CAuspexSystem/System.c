#define _GNU_SOURCE
#include "CAuspexSystem.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

/// How many threads OpenBLAS starts while it is loaded: one, unless OPENBLAS_NUM_THREADS asks for more.
///
/// OpenBLAS has a function of this name that reads the variable, and calls it through the dynamic linker, which prefers the executable's.
/// By default it starts a thread for every processor before `main`; each maps 128 MB, and retries forever if it does not get them,
/// so that under `ulimit -v` the program would hang. Setting the variable in `main` would be too late.
__attribute__((visibility("default"), used)) int openblas_num_threads_env(void) {
    const char *text = getenv("OPENBLAS_NUM_THREADS");
    const int count = text ? atoi(text) : 0;
    return count > 0 ? count : 1;
}

int ax_exchange(const char *first, const char *second) {
#ifdef RENAME_EXCHANGE
    return renameat2(AT_FDCWD, first, AT_FDCWD, second, RENAME_EXCHANGE);
#else
    (void)first, (void)second;
    errno = ENOSYS;
    return -1;
#endif
}

uint64_t ax_address_space_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return UINT64_MAX;
    return (uint64_t)limit.rlim_cur;
}

uint64_t ax_free_address_space(void) {
    const uint64_t limit = ax_address_space_limit();
    if (limit == UINT64_MAX) return UINT64_MAX;
    const int file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    if (file < 0) return limit;
    char text[32];
    const ssize_t count = read(file, text, sizeof text);
    close(file);
    uint64_t pages = 0;
    for (ssize_t i = 0; i < count && text[i] >= '0' && text[i] <= '9'; i++)
        pages = pages * 10 + (uint64_t)(text[i] - '0');
    const uint64_t used = pages * (uint64_t)sysconf(_SC_PAGESIZE);
    return used < limit ? limit - used : 0;
}

void ax_name_thread(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }

static const int crashes[] = {SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGABRT};
static struct sigaction previous[sizeof crashes / sizeof *crashes];

static void say(const char *text) {
    const ssize_t count = write(STDERR_FILENO, text, strlen(text));
    (void)count;
}

static void on_crash(int number) {
    const uint64_t limit = ax_address_space_limit();
    // Libraries reserve up to 128 MB at a time: with less than that left, a failed reservation is the likely cause.
    const uint64_t little = limit / 8 > (192u << 20) ? limit / 8 : 192u << 20;
    if (limit != UINT64_MAX && ax_free_address_space() < little) {
        char digits[24];
        char *place = digits + sizeof digits - 1;
        *place = 0;
        uint64_t megabytes = limit >> 20;
        do {
            *--place = (char)('0' + megabytes % 10);
            megabytes /= 10;
        } while (megabytes > 0);
        say("auspex: out of memory: the process may use ");
        say(place);
        say(" MiB of address space (ulimit -v), and that is used up; raise the limit, or take fewer threads, a smaller "
            "model or a smaller batch\n");
        _exit(1);
    }
    // The instruction that crashed runs again, and this time the earlier handler gets it.
    for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++)
        if (crashes[i] == number) sigaction(number, &previous[i], NULL);
}

void ax_keep_to_memory_limit(void) {
    if (ax_address_space_limit() == UINT64_MAX) return;
#ifdef M_ARENA_MAX
    mallopt(M_ARENA_MAX, 1);
#endif
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_crash;
    sigemptyset(&action.sa_mask);
    action.sa_flags = SA_ONSTACK;
    for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++) sigaction(crashes[i], &action, &previous[i]);
}
