/* Stands in for a library of Windows that Wine before 9.0 lacks, in Wine only. Rust's standard library takes its random
 * numbers from it; here they come from the function that Windows had before. */
#include <stddef.h>

int __stdcall SystemFunction036(void *buffer, unsigned long length);

__declspec(dllexport) int __stdcall ProcessPrng(unsigned char *data, size_t length)
{
    return SystemFunction036(data, (unsigned long)length) != 0;
}
