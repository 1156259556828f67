using System.Text.Json.Serialization;

namespace Viper.Contracts.Agent;

/// <summary>What a name in a folder of the guest stands for.</summary>
[JsonConverter(typeof(StrictEnumConverter<GuestFileType>))]
public enum GuestFileType
{
    /// <summary>A regular file.</summary>
    [JsonStringEnumMemberName("file")]
    File,

    /// <summary>A folder.</summary>
    [JsonStringEnumMemberName("directory")]
    Directory,

    /// <summary>A symbolic link.</summary>
    [JsonStringEnumMemberName("symlink")]
    Symlink,

    /// <summary>A device, a FIFO or a socket, which can be listed, moved and deleted alone.</summary>
    [JsonStringEnumMemberName("special")]
    Special,
}
