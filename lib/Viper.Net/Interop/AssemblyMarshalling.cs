using System.Runtime.CompilerServices;

// Only blittable types cross into libc, so no marshalling code is needed or wanted.
[assembly: DisableRuntimeMarshalling]
