/*
 * An allocator that refuses. For programs that are linked with the static library and --wrap=malloc, --wrap=realloc, --wrap=free.
 */

#ifndef ALLOCATOR_H
#define ALLOCATOR_H

#include "check.h"

void *__real_malloc(size_t size);
void *__real_realloc(void *old, size_t size);
void __real_free(void *memory);
void *__wrap_malloc(size_t size);
void *__wrap_realloc(void *old, size_t size);
void __wrap_free(void *memory);

static struct {
    size_t calls;      /* allocations since `refuse` */
    size_t from, to;   /* which of them are refused */
    size_t refused;    /* how many were */
    long outstanding;  /* allocations that were not given back */
} allocator;

static void refuse(size_t from, size_t to) {
    allocator.calls = allocator.refused = 0;
    allocator.from = from;
    allocator.to = to;
}

static int is_refused(void) {
    const size_t call = allocator.calls++;
    const int refused = call >= allocator.from && call < allocator.to;
    allocator.refused += (size_t)refused;
    return refused;
}

void *__wrap_malloc(size_t size) {
    void *memory = is_refused() ? NULL : __real_malloc(size);
    allocator.outstanding += memory != NULL;
    return memory;
}

void *__wrap_realloc(void *old, size_t size) {
    void *memory = is_refused() ? NULL : __real_realloc(old, size);
    allocator.outstanding += old == NULL && memory != NULL;
    return memory;
}

void __wrap_free(void *memory) {
    allocator.outstanding -= memory != NULL;
    __real_free(memory);
}

#endif
