/* Holds every sync of a file for as long as SYNC_MS says, after the real one: a disk that takes its time. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>

static int held(const char *name, int file) {
    int (*sync_file)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    int failed = sync_file(file);
    usleep(1000 * atoi(getenv("SYNC_MS")));
    return failed;
}

int fsync(int file) { return held("fsync", file); }

int fdatasync(int file) { return held("fdatasync", file); }
