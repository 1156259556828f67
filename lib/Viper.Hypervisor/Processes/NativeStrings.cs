using System.Runtime.InteropServices;

namespace Viper.Hypervisor.Processes;

/// <summary>A NULL-terminated array of C strings; freed on disposal.</summary>
internal sealed unsafe class NativeStrings : IDisposable
{
    private readonly int _count;

    public NativeStrings(IReadOnlyList<string> strings)
    {
        _count = strings.Count;

        // SAFETY: zeroed, so the terminator is there and a half-filled array can be freed.
        Pointers = (byte**)NativeMemory.AllocZeroed((nuint)_count + 1, (nuint)sizeof(byte*));
        for (int i = 0; i < _count; i++)
        {
            Pointers[i] = (byte*)Marshal.StringToCoTaskMemUTF8(strings[i]);
        }
    }

    public byte** Pointers { get; private set; }

    public byte* First => Pointers[0];

    public void Dispose()
    {
        if (Pointers is null)
        {
            return;
        }

        for (int i = 0; i < _count; i++)
        {
            Marshal.FreeCoTaskMem((nint)Pointers[i]);
        }

        NativeMemory.Free(Pointers);
        Pointers = null;
    }
}
