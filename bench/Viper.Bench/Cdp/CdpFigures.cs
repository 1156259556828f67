namespace Viper.Bench.Cdp;

/// <summary>What one operation costs.</summary>
internal readonly record struct CdpFigures(double MedianNanoseconds, double CpuMicroseconds, double Bytes);
