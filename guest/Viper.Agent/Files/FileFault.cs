using System.Runtime.InteropServices;
using Viper.Agent.Actions;
using Viper.Agent.Interop;

namespace Viper.Agent.Files;

/// <summary>What the kernel's refusals mean to a caller.</summary>
internal static class FileFault
{
    /// <summary>Makes the problem of this thread's last failed call.</summary>
    internal static ActionException Last(string what, string path) => Of(Marshal.GetLastPInvokeError(), what, path);

    internal static ActionException Of(int errno, string what, string path)
    {
        var (status, code, reason) = errno switch
        {
            Libc.ENOENT => (404, "file_not_found", "there is nothing of that name"),
            Libc.ENOTDIR => (409, "not_a_directory", "something on the way is no folder"),
            Libc.EXDEV or Libc.ELOOP => (403, "path_escapes", "a link or a mount on the way leads out of the folder of files, or nowhere"),
            Libc.EACCES or Libc.EPERM => (403, "permission_denied", "the guest's user may not"),
            Libc.EROFS => (403, "read_only", "it is read-only there"),
            Libc.EEXIST => (409, "file_exists", "there is something of that name already"),
            Libc.ENOTEMPTY => (409, "directory_not_empty", "the folder is not empty"),
            Libc.EISDIR => (409, "is_directory", "it is a folder"),
            Libc.EBUSY => (409, "file_busy", "it is in use by the kernel"),
            Libc.ENOSPC or Libc.EDQUOT => (507, "storage_full", "the guest's disk is full"),
            Libc.EFBIG => (413, "payload_too_large", "it is larger than a file may be there"),
            Libc.ENAMETOOLONG => (400, "validation_failed", "a name is too long"),
            Libc.EINVAL => (422, "not_possible", "the kernel does not do that there"),
            Libc.EMLINK => (422, "not_possible", "it has too many links"),
            Libc.EMFILE or Libc.ENFILE or Libc.ENOMEM => (503, "guest_exhausted", "the guest has run out of memory or descriptors"),
            _ => (500, "agent_error", Marshal.GetPInvokeErrorMessage(errno)),
        };
        return new ActionException(status, code, $"Could not {what} '{path}': {reason} (errno {errno}).");
    }
}
