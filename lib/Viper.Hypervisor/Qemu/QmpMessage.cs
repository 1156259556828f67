using System.Text.Json;

namespace Viper.Hypervisor.Qemu;

/// <summary>One message of the QEMU Machine Protocol.</summary>
/// <remarks>https://www.qemu.org/docs/master/interop/qmp-spec.html</remarks>
/// <param name="Kind">What it is.</param>
/// <param name="Id">The id of the command that it answers; null for greeting and events, and where QEMU could not read the command.</param>
/// <param name="Name">The event's name or the error's class; else empty.</param>
/// <param name="Text">The error's description; else empty.</param>
/// <param name="Body">The result, the event's data, or the greeting.</param>
internal readonly record struct QmpMessage(QmpMessageKind Kind, long? Id, string Name, string Text, JsonElement Body);
