using System.Runtime.InteropServices;
using Viper.Cdp.Interop;

namespace Viper.Cdp.Frames;

/// <summary>Fresh masks from the kernel's random numbers, fetched many at a time. For one thread at a time.</summary>
internal sealed class MaskSource
{
    private const int Count = 64;

    private readonly uint[] _masks = new uint[Count];
    private int _left;

    internal uint Next()
    {
        if (_left == 0)
        {
            Libc.GetRandom(MemoryMarshal.AsBytes(_masks.AsSpan()));
            _left = Count;
        }

        return _masks[--_left];
    }
}
